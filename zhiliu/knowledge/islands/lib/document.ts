/** A Markdown text as a document of the editor, and back: blocks nobody touched keep their source text byte for byte. */
import type { Node, Schema } from "@tiptap/pm/model";
import { type Block, split } from "./blocks";
import { type Json, nodeOf } from "./reading";
import { write } from "./writing";

interface Known {
  node: Node;
  source: string;
  gap: string;
}

export interface Opened {
  doc: Node;
  /** The blocks as they were read; a node's attribute `block` is its place here. */
  known: Known[];
  lead: string;
}

/** Read a text. Between headings that have nothing under them stands an empty paragraph, so that there is where to write. */
export function open(schema: Schema, text: string): Opened {
  const { lead, blocks } = split(text);
  const known = blocks.map((block, index) => ({
    node: schema.nodeFromJSON(withPlace(jsonOf(block), index)),
    source: block.source,
    gap: block.gap,
  }));
  const content = known.flatMap(({ node }, index) => {
    const next = known[index + 1]?.node;
    const bare = node.type.name === "heading" && (!next || next.type.name === "heading");
    return bare ? [node, paragraph(schema)] : [node];
  });
  const doc = schema.topNodeType.create(null, content.length ? content : [paragraph(schema)]);
  doc.check();
  return { doc, known, lead };
}

function paragraph(schema: Schema): Node {
  return schema.nodeFromJSON({ type: "paragraph" });
}

function jsonOf(block: Block): Json {
  return nodeOf(block.tokens) ?? { type: "opaque", attrs: { text: block.source } };
}

function withPlace(json: Json, place: number): Json {
  return { ...json, attrs: { ...json.attrs, block: place } };
}

/** The text of a document that was opened with `opened`. Empty paragraphs are only room to write in. */
export function textOf(doc: Node, opened: Pick<Opened, "known" | "lead">): string {
  const parts: { text: string; place: number; same: boolean; heading: boolean }[] = [];
  doc.forEach((node) => {
    const place = typeof node.attrs.block === "number" ? node.attrs.block : -1;
    const before = opened.known[place];
    const same = before !== undefined && node.eq(before.node);
    const text = same ? before.source : write(node);
    if (text.trim()) parts.push({ text, place: before ? place : -1, same, heading: node.type.name === "heading" });
  });
  return parts.reduce((all, part, index) => all + part.text + gapAfter(part, parts[index + 1]), parts.length ? opened.lead : "");

  function gapAfter(part: (typeof parts)[number], next: (typeof parts)[number] | undefined): string {
    const before = opened.known[part.place];
    if (!next) return before && part.place === opened.known.length - 1 ? before.gap : "\n";
    if (!before || next.place !== part.place + 1) return "\n\n";
    // Without a blank line between them two blocks may run together once one of them is written anew.
    const apart = (before.gap.match(/\n/g) ?? []).length > 1;
    return apart || part.heading || (part.same && next.same) ? before.gap : "\n\n";
  }
}
