/** A module of markdown-it its types do not tell of. */
declare module "markdown-it/lib/rules_block/reference.mjs" {
  import type StateBlock from "markdown-it/lib/rules_block/state_block.mjs";
  export default function reference(state: StateBlock, start: number, end: number, silent: boolean): boolean;
}
