/** Called by bench/editing.py and the tests, bundled: one word is put into one block of each kind of each text, as by a person. */
import { getSchema } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import { EditorState } from "@tiptap/pm/state";
import { open, type Opened, textOf } from "../../../zhiliu/knowledge/islands/lib/document";
import { meaning } from "../../../zhiliu/knowledge/islands/lib/meaning";
import { content, tasks } from "../../../zhiliu/knowledge/islands/lib/schema";

const KINDS = ["paragraph", "heading", "blockquote", "bulletList", "orderedList", "taskList", "table"];
const WORDS = ["改词", "word", "（改）"];

interface Edit {
  kind: string;
  /** Nothing but the word came into the text. */
  exact: boolean;
  /** The text is read as what the editor shows. */
  reads: boolean;
  before: string;
  after: string;
}

const schema = getSchema([...content, tasks((text) => text)]);
let seed = 7;

function random(below: number): number {
  seed = (seed * 48271) % 2147483647;
  return seed % below;
}

function edits(text: string): Edit[] {
  const opened = open(schema, text);
  return KINDS.flatMap((kind) => {
    const places: number[] = [];
    opened.doc.forEach((node, offset) => {
      if (node.type.name === kind && node.textContent.trim()) places.push(offset);
    });
    return places.length ? [edit(opened, text, kind, places[random(places.length)] ?? 0)] : [];
  });
}

function edit(opened: Opened, text: string, kind: string, offset: number): Edit {
  const state = EditorState.create({ doc: opened.doc });
  const word = WORDS[random(WORDS.length)] ?? "";
  const places: number[] = [];
  const block = opened.doc.nodeAt(offset);
  block?.descendants((node, place) => {
    if (node.isText) for (let at = 1; at < node.nodeSize; at++) places.push(offset + 1 + place + at);
  });
  if (block?.inlineContent && !places.length) places.push(offset + 1);
  const doc = state.apply(state.tr.insertText(word, places[random(places.length)] ?? offset + 1)).doc;
  const after = textOf(doc, opened);
  return { kind, exact: isInserted(text, after, word), reads: isSame(open(schema, after).doc, doc), ...around(text, after) };
}

function isInserted(before: string, after: string, word: string): boolean {
  if (after.length !== before.length + word.length) return false;
  for (let at = after.indexOf(word); at >= 0; at = after.indexOf(word, at + 1)) {
    if (after.slice(0, at) + after.slice(at + word.length) === before) return true;
  }
  return false;
}

function isSame(one: Node, other: Node): boolean {
  return meaning(one) === meaning(other);
}

/** The stretch in which two texts differ, with a little around it. */
function around(before: string, after: string): { before: string; after: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const from = Math.max(0, start - 30);
  return { before: before.slice(from, before.length - end + 30), after: after.slice(from, after.length - end + 30) };
}

let input = "";
process.stdin.on("data", (chunk: Buffer) => (input += chunk.toString()));
process.stdin.on("end", () => process.stdout.write(JSON.stringify((JSON.parse(input) as string[]).map(edits))));
