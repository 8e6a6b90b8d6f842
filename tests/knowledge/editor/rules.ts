/** Called by test_editor_rules.py, bundled: how the editor reads some texts, and how it writes some lines. */
import { getSchema } from "@tiptap/core";
import { Fragment } from "@tiptap/pm/model";
import { open, type Opened, textOf } from "../../../zhiliu/knowledge/islands/lib/document";
import { markdown } from "../../../zhiliu/knowledge/islands/lib/markdown";
import { meaning } from "../../../zhiliu/knowledge/islands/lib/meaning";
import { content, tasks } from "../../../zhiliu/knowledge/islands/lib/schema";

type Run = [text: string, marks: string[]];

const schema = getSchema([...content, tasks((text) => text)]);
const nothing: Opened = open(schema, "");

/** A paragraph of the editor as Markdown, and whether it is read as the same paragraph. */
function written(runs: Run[]): { markdown: string; same: boolean } {
  const line = runs.map(([text, marks]) => schema.text(text, marks.map((name) => schema.mark(name))));
  const doc = schema.topNodeType.create(null, [schema.node("paragraph", null, line)]);
  const text = textOf(doc, nothing);
  return { markdown: text, same: meaning(open(schema, text).doc) === meaning(doc) };
}

const asked = JSON.parse(await new Response(process.stdin as unknown as ReadableStream).text()) as { read: string[]; write: Run[][]; grow?: string[] };
const read = asked.read.map((text) => markdown().render(text));
const opens = asked.read.map((text) => {
  const opened = open(schema, text);
  return textOf(opened.doc, opened) === text;
});

/** A text after one of its blocks got another row or item, like its second one, or lost that. */
function grown(text: string, gains: boolean): string {
  const opened = open(schema, text);
  const block = opened.doc.child(0);
  const rows = block.content.content;
  const second = rows[1]!;
  const more = gains ? [rows[0]!, second, ...rows.slice(1)] : [rows[0]!, ...rows.slice(2)];
  return textOf(opened.doc.type.create(null, [block.copy(Fragment.from(more))]), opened);
}

const grow = (asked.grow ?? []).map((text) => [grown(text, true), grown(text, false)]);
process.stdout.write(JSON.stringify({ read, opens, write: asked.write.map(written), grow }));
