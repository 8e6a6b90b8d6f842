/** Modules of markdown-it that its types do not declare. */
declare module "markdown-it/lib/rules_block/reference.mjs" {
  import type StateBlock from "markdown-it/lib/rules_block/state_block.mjs";
  export default function reference(state: StateBlock, start: number, end: number, silent: boolean): boolean;
}
declare module "markdown-it/lib/rules_block/code.mjs" {
  import type StateBlock from "markdown-it/lib/rules_block/state_block.mjs";
  export default function code(state: StateBlock, start: number, end: number, silent: boolean): boolean;
}
