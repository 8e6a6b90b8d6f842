/** Convert a Markdown text to a document of the editor and back. Untouched blocks keep their source byte for byte. */
import type { Node, Schema } from "@tiptap/pm/model";
import { type Block, type Env, split } from "./blocks";
import { patches } from "./keeping";
import { markdown } from "./markdown";
import { meaning } from "./meaning";
import { type Json, nodeOf, nodesOf } from "./reading";
import { isList, signOf, write } from "./writing";

interface Known {
  node: Node;
  source: string;
  gap: string;
}

export interface Opened {
  doc: Node;
  /** The blocks as read; a node's `block` attribute is its index here. */
  known: Known[];
  lead: string;
  env: Env;
}

/** Read a text. Insert an empty paragraph between headings without text below them, as room to write in. */
export function open(schema: Schema, text: string): Opened {
  const { lead, blocks, env } = split(text);
  const nodes = blocks.map((block, index) => ({ node: shown(schema, block, index), source: block.source, gap: block.gap }));
  const content = nodes.flatMap(({ node }, index) => {
    const next = nodes[index + 1]?.node;
    const bare = node.type.name === "heading" && (!next || next.type.name === "heading");
    return bare ? [node, paragraph(schema)] : [node];
  });
  const doc = schema.topNodeType.create(null, content.length ? content : [paragraph(schema)]);
  doc.check();
  return { doc, known: nodes, lead, env };
}

function paragraph(schema: Schema): Node {
  return schema.nodeFromJSON({ type: "paragraph" });
}

/** Return the node of a block. A block that cannot be one becomes opaque, so that every text can be opened. */
function shown(schema: Schema, block: Block, place: number): Node {
  const json = nodeOf(block.tokens);
  try {
    const node = schema.nodeFromJSON(withPlace(json ?? opaque(block), place));
    node.check();
    return node;
  } catch {
    return schema.nodeFromJSON(withPlace(opaque(block), place));
  }
}

function opaque(block: Block): Json {
  return { type: "opaque", attrs: { text: block.source } };
}

function withPlace(json: Json, place: number): Json {
  return { ...json, attrs: { ...json.attrs, block: place } };
}

const written = new WeakMap<Node, string>();

/** Return the text of a new or changed block. It is cached per node, however often the whole text is requested. */
function changed(node: Node, before: Known | undefined, env: Env): string {
  let text = written.get(node);
  if (text === undefined) written.set(node, (text = rewritten(node, before, env)));
  return text;
}

/** Return the first candidate that parses back to what is shown: the patched source, or a full rewrite. */
function rewritten(node: Node, before: Known | undefined, env: Env): string {
  if (node.type.name === "opaque") return write(node);
  const meant = meaning(node);
  for (const way of ways(node, before)) {
    if (readAs(node.type.schema, way, env) === meant) return way;
  }
  return write(node);
}

function* ways(node: Node, before: Known | undefined): Generator<string> {
  for (const style of before ? (["raw", "signs"] as const) : []) {
    if (before) yield* patches(before.source, write(before.node, style), write(node, style));
  }
  for (const style of ["raw", "signs", "tags"] as const) yield write(node, style);
}

/** Return the meaning of a single block of Markdown. */
function readAs(schema: Schema, text: string, env: Env): string | undefined {
  const json = nodesOf(markdown().parse(text, { ...env }));
  return json?.length === 1 && json[0] ? meaning(schema.nodeFromJSON(json[0])) : undefined;
}

/** Give a list that follows another list a different marker. */
function apart(node: Node, before: Node | null): Node {
  if (!before || !isList(node) || !isList(before)) return node;
  const sign = signOf(node, before, signOf(before, null, ""));
  return sign === (node.attrs.sign ?? sign) && sign === signOf(node, null, "") ? node : node.type.create({ ...node.attrs, sign }, node.content);
}

/**
 * Return the text of a document that was opened with `opened`. Empty paragraphs are omitted: they are only room to
 * write in.
 */
export function textOf(doc: Node, opened: Pick<Opened, "known" | "lead" | "env">): string {
  const parts: { text: string; place: number; same: boolean; heading: boolean }[] = [];
  let last: Node | null = null;
  doc.forEach((child) => {
    const node = apart(child, last);
    const place = typeof node.attrs.block === "number" ? node.attrs.block : -1;
    const before = opened.known[place];
    const same = before !== undefined && node.eq(before.node);
    const text = same ? before.source : changed(node, before, opened.env);
    if (!text.trim()) return;
    parts.push({ text, place: before ? place : -1, same, heading: node.type.name === "heading" });
    last = node;
  });
  return parts.reduce((all, part, index) => all + part.text + gapAfter(part, parts[index + 1]), parts.length ? opened.lead : "");

  function gapAfter(part: (typeof parts)[number], next: (typeof parts)[number] | undefined): string {
    const before = opened.known[part.place];
    if (!next) return before && part.place === opened.known.length - 1 ? before.gap : "\n";
    if (!before || next.place !== part.place + 1) return "\n\n";
    // Without a blank line between them, two blocks may merge once one of them is rewritten.
    const apart = (before.gap.match(/\n/g) ?? []).length > 1;
    const unmoved = part.same && (next.same || (/^#/.test(next.text) && /^#/.test(opened.known[next.place]?.source ?? "")));
    return apart || part.heading || unmoved ? before.gap : "\n\n";
  }
}
