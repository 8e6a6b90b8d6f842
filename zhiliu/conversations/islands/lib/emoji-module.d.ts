declare module "virtual:emoji" {
  const rows: import("./emoji").EmojiRow[];
  export default rows;
}
