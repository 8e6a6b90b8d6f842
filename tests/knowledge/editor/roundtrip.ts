/** Called by test_editor_roundtrip.py, bundled: reads JSON on standard input, answers JSON. */
import { getSchema } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { open, type Opened, textOf } from "../../../zhiliu/knowledge/islands/lib/document";
import { content, tasks } from "../../../zhiliu/knowledge/islands/lib/schema";
import { write } from "../../../zhiliu/knowledge/islands/lib/writing";

interface Answer {
  same: boolean;
  blocks: string[];
  opaque: string[];
  edited: { before: string; after: string; index: number; blocks: string[] } | null;
  /** Blocks that mean something else once they were written anew. */
  changed: [string, string][];
}

const schema = getSchema([...content, tasks((text) => text)]);
const WORDS = "改过的一句";

function answer(text: string): Answer {
  const opened = open(schema, text);
  const kinds = opened.known.filter(({ node }) => node.type.name === "opaque");
  return {
    same: textOf(opened.doc, opened) === text,
    blocks: opened.known.map(({ source }) => source),
    opaque: kinds.map(({ source }) => source),
    edited: edited(opened, text),
    changed: opened.known.flatMap(({ node, source }) => (means(node) ? [] : [[source, write(node)] as [string, string]])),
  };
}

/** The middle paragraph gets other words; nothing else may change. */
function edited(opened: Opened, before: string): Answer["edited"] {
  const places = opened.known.flatMap(({ node }, index) => (node.type.name === "paragraph" ? [index] : []));
  const index = places[places.length >> 1];
  if (index === undefined) return null;
  const nodes: Node[] = [];
  opened.doc.forEach((node) => {
    const mine = node.attrs.block === index;
    nodes.push(mine ? node.type.create(node.attrs, schema.text(WORDS)) : node);
  });
  const after = textOf(opened.doc.type.create(null, nodes), opened);
  return { before, after, index, blocks: open(schema, after).known.map(({ source }) => source) };
}

/** Whether a block, written anew and read again, is the same block. */
function means(node: Node): boolean {
  if (node.type.name === "opaque") return true;
  const again = open(schema, write(node)).known.map((known) => known.node);
  return again.length === 1 && JSON.stringify(bare(again[0]!)) === JSON.stringify(bare(node));
}

function bare(node: Node): unknown {
  return JSON.parse(JSON.stringify(node.toJSON(), (key, value) => (key === "block" ? undefined : value)));
}

let input = "";
process.stdin.on("data", (chunk: Buffer) => (input += chunk.toString()));
process.stdin.on("end", () => process.stdout.write(JSON.stringify((JSON.parse(input) as string[]).map(answer))));
