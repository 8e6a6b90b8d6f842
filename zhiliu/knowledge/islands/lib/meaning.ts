/** Return what a block says, however it is written: blocks with the same meaning look the same. */
import type { Node } from "@tiptap/pm/model";

export function meaning(node: Node): string {
  return JSON.stringify(meant(node));
}

type Piece = [text: string, marks: string];

function meant(node: Node): unknown {
  const { block: _block, colwidth: _width, sign: _sign, ...attrs } = node.attrs;
  if (!node.inlineContent) return [node.type.name, attrs, node.content.content.map(meant)];
  return [node.type.name, attrs, node.type.name === "codeBlock" ? node.textContent : line(node)];
}

/** Runs of equal marks. Whitespace has no marks, and there is none at the ends. */
function line(node: Node): Piece[] {
  const pieces: Piece[] = [];
  const add = (text: string, marks: string): void => {
    const last = pieces.at(-1);
    if (last && (last[1] === marks || !text.trim())) last[0] += text;
    else pieces.push([text, marks]);
  };
  node.forEach((child) => {
    const marks = JSON.stringify(child.marks.map((mark) => [mark.type.name, mark.attrs]));
    if (child.isText) for (const text of child.text?.split(/(?<=\s)(?!\s)|(?<!\s)(?=\s)/) ?? []) add(text, marks);
    else if (child.type.name === "opaqueInline") add(String(child.attrs.text), marks);
    else if (child.type.name === "hardBreak") add("\n", "[]");
    else add(`\u0000${JSON.stringify(child.attrs)}`, marks);
  });
  return trimmed(pieces);
}

function trimmed(pieces: Piece[]): Piece[] {
  const first = pieces[0];
  if (first) first[0] = first[0].trimStart();
  const last = pieces.at(-1);
  if (last) last[0] = last[0].trimEnd();
  return pieces.filter(([text]) => text);
}
