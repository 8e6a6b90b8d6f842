const BLOCKS = "p, div, li, pre, blockquote, ul, ol, table, h1, h2, h3, h4";
const ADDED = ".edited, .hidden-text";

/** Return the words of a message as they are read, without what the page adds to them. */
export function textOf(article: HTMLElement): string {
  const parts = article.querySelectorAll<HTMLElement>(".message-body > .text, .poll-question");
  return [...parts].map((part) => blocksOf(part).join("\n\n")).join("\n\n");
}

/** Return the text of each block in an element; words between blocks are a block as well. */
function blocksOf(element: Element): string[] {
  const blocks: string[] = [];
  let words = "";
  for (const node of element.childNodes) {
    if (!(node instanceof HTMLElement && node.matches(BLOCKS))) words += wordsOf(node);
    else {
      blocks.push(tidy(words), blockOf(node));
      words = "";
    }
  }
  return [...blocks, tidy(words)].filter((block) => block.trim());
}

function blockOf(block: HTMLElement): string {
  if (block.matches("pre")) return (block.textContent ?? "").trimEnd();
  if (block.matches("ul, ol")) return [...block.children].map((row, index) => markOf(block, index) + blocksOf(row).join("\n")).join("\n");
  if (block instanceof HTMLTableElement) return [...block.rows].map((row) => [...row.cells].map((cell) => blocksOf(cell).join(" ")).join("\t")).join("\n");
  return blocksOf(block).join("\n");
}

function markOf(list: HTMLElement, index: number): string {
  return list instanceof HTMLOListElement ? `${list.start + index}. ` : "- ";
}

function wordsOf(node: Node): string {
  if (node instanceof Text) return node.data.replace(/\s+/g, " ");
  if (!(node instanceof HTMLElement) || node.matches(ADDED)) return "";
  return node.matches("br") ? "\n" : [...node.childNodes].map(wordsOf).join("");
}

function tidy(words: string): string {
  return words.replace(/ *\n */g, "\n").trim();
}
