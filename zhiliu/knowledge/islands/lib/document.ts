/** A Markdown text as a document of the editor, and back: blocks nobody touched keep their source text byte for byte. */
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
  /** The blocks as they were read; a node's attribute `block` is its place here. */
  known: Known[];
  lead: string;
  env: Env;
}

/** Read a text. Between headings that have nothing under them stands an empty paragraph, so that there is where to write. */
export function open(schema: Schema, text: string): Opened {
  const { lead, blocks, env } = split(text);
  const known = blocks.map((block, index) => ({ node: shown(schema, block, index), source: block.source, gap: block.gap }));
  const content = known.flatMap(({ node }, index) => {
    const next = known[index + 1]?.node;
    const bare = node.type.name === "heading" && (!next || next.type.name === "heading");
    return bare ? [node, paragraph(schema)] : [node];
  });
  const doc = schema.topNodeType.create(null, content.length ? content : [paragraph(schema)]);
  doc.check();
  return { doc, known, lead, env };
}

function paragraph(schema: Schema): Node {
  return schema.nodeFromJSON({ type: "paragraph" });
}

/** The node of a block; whatever cannot be one is kept as it is written, so that every text can be opened. */
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

/** The text of a block that is new or changed; a block is written once, however often the whole text is asked for. */
function changed(node: Node, before: Known | undefined, env: Env): string {
  let text = written.get(node);
  if (text === undefined) written.set(node, (text = rewritten(node, before, env)));
  return text;
}

/** The first way of writing that is read as what is shown: the old source with the change put in, or all of it anew. */
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

/** What a single block of Markdown means. */
function readAs(schema: Schema, text: string, env: Env): string | undefined {
  const json = nodesOf(markdown().parse(text, { ...env }));
  return json?.length === 1 && json[0] ? meaning(schema.nodeFromJSON(json[0])) : undefined;
}

/** A list behind another one, with a sign of its own. */
function apart(node: Node, before: Node | null): Node {
  if (!before || !isList(node) || !isList(before)) return node;
  const sign = signOf(node, before, signOf(before, null, ""));
  return sign === (node.attrs.sign ?? sign) && sign === signOf(node, null, "") ? node : node.type.create({ ...node.attrs, sign }, node.content);
}

/** The text of a document that was opened with `opened`. Empty paragraphs are only room to write in. */
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
    // Without a blank line between them two blocks may run together once one of them is written anew.
    const apart = (before.gap.match(/\n/g) ?? []).length > 1;
    const unmoved = part.same && (next.same || (/^#/.test(next.text) && /^#/.test(opened.known[next.place]?.source ?? "")));
    return apart || part.heading || unmoved ? before.gap : "\n\n";
  }
}
