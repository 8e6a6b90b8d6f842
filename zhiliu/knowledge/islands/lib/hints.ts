/** A hint in empty top-level paragraphs: what to write here. */
import { Extension } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { Plugin } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

/** @param hint returns the text for the empty paragraph at `index` of the document, or ''. */
export function hints(hint: (doc: Node, index: number) => string): Extension {
  return Extension.create({
    name: "hints",
    addProseMirrorPlugins: () => [new Plugin({ props: { decorations: ({ doc }) => DecorationSet.create(doc, marks(doc, hint)) } })],
  });
}

function marks(doc: Node, hint: (doc: Node, index: number) => string): Decoration[] {
  const decorations: Decoration[] = [];
  doc.forEach((node, offset, index) => {
    if (node.type.name !== "paragraph" || node.content.size) return;
    const words = hint(doc, index);
    if (words) decorations.push(Decoration.node(offset, offset + node.nodeSize, { class: "is-empty", "data-placeholder": words }));
  });
  return decorations;
}
