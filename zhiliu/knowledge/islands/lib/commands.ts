/** Commands of the toolbar, the slash menu and the keys. */
import type { ChainedCommands, Editor } from "@tiptap/core";
import { TextSelection, type Transaction } from "@tiptap/pm/state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable } from "@tiptap/pm/tables";

type Act = (chain: ChainedCommands) => ChainedCommands;

const ACTS: Record<string, Act> = {
  paragraph: (chain) => chain.setParagraph(),
  heading2: (chain) => chain.toggleHeading({ level: 2 }),
  heading3: (chain) => chain.toggleHeading({ level: 3 }),
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  strike: (chain) => chain.toggleStrike(),
  code: (chain) => chain.toggleCode(),
  bullet: (chain) => chain.toggleBulletList(),
  ordered: (chain) => chain.toggleOrderedList(),
  task: (chain) => chain.toggleTaskList(),
  quote: (chain) => chain.toggleBlockquote(),
  codeblock: (chain) => chain.toggleCodeBlock(),
  rule: (chain) => chain.setHorizontalRule(),
  table: (chain) => chain.insertContent(emptyTable()).command(({ tr }) => intoFirstCell(tr)),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
};

const TABLE = { row: addRowAfter, column: addColumnAfter, norow: deleteRow, nocolumn: deleteColumn, notable: deleteTable };

/** Run the command `name`; false if the page has to handle it (a link, a picture). */
export function run(editor: Editor, name: string): boolean {
  const inTable = TABLE[name as keyof typeof TABLE];
  if (inTable) {
    inTable(editor.state, editor.view.dispatch);
    editor.commands.focus();
    return true;
  }
  const act = ACTS[name];
  if (!act) return false;
  act(editor.chain().focus()).run();
  return true;
}

const STATES: Record<string, [string, Record<string, unknown>?]> = {
  heading2: ["heading", { level: 2 }],
  heading3: ["heading", { level: 3 }],
  bullet: ["bulletList"],
  ordered: ["orderedList"],
  task: ["taskList"],
  quote: ["blockquote"],
  codeblock: ["codeBlock"],
};

/** Whether the block or mark at the caret already is what `name` makes. */
export function isOn(editor: Editor, name: string): boolean {
  if (name === "paragraph") return editor.isActive("paragraph") && !editor.isActive("listItem") && !editor.isActive("taskItem");
  const [node, attrs] = STATES[name] ?? [name];
  return editor.isActive(node, attrs);
}

/** Whether the caret is in a table. */
export function inTable(editor: Editor): boolean {
  return isInTable(editor.state);
}

/** Move the caret from behind an inserted table into its first cell. */
function intoFirstCell(tr: Transaction): boolean {
  let start = -1;
  tr.doc.nodesBetween(0, tr.selection.to, (node, place) => {
    if (node.type.name === "table") start = place;
    return node.type.name !== "table";
  });
  if (start >= 0) tr.setSelection(TextSelection.near(tr.doc.resolve(start + 1)));
  return true;
}

function emptyTable(rows = 3, columns = 3): object {
  const cell = (type: string): object => ({ type, content: [{ type: "paragraph" }] });
  const row = (type: string): object => ({ type: "tableRow", content: Array.from({ length: columns }, () => cell(type)) });
  return { type: "table", content: Array.from({ length: rows }, (_, index) => row(index ? "tableCell" : "tableHeader")) };
}
