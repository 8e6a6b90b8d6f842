/** Pasting: convert what other programs write, and fetch pictures or report them missing. */
import { Extension } from "@tiptap/core";
import { closeHistory } from "@tiptap/pm/history";
import { Fragment, type Node, type Schema, Slice } from "@tiptap/pm/model";
import { Plugin, TextSelection } from "@tiptap/pm/state";
import type { EditorView } from "@tiptap/pm/view";
import { open } from "./document";
import { type Carried, CARRIED, cleaned } from "../../../kit/islands/lib/pasted-html";
import { cellsOf, isMarkdown } from "../../../kit/islands/lib/plain-paste";

export interface Settings {
  /** Upload a file of the clipboard and return its address. */
  send: (file: File) => Promise<{ url: string }>;
  /** Have the server fetch a picture of another host. */
  fetch: (url: string) => Promise<{ url: string }>;
  /** A picture could not be fetched; with the reason if a link to it stays. */
  lost: (reason: string) => void;
}

const AS_TEXT = ["markdown", "plaintext"];

export function pasting(settings: Settings): Extension {
  const carried: Carried = new Map();
  const requested = new Set<string>();
  return Extension.create({
    name: "pasting",
    priority: 200,
    addProseMirrorPlugins: () => [plugin(carried, settings)],
    onTransaction({ editor, transaction }) {
      if (transaction.getMeta("paste")) bringAlong(editor.view, carried, requested, settings);
    },
  });
}

function plugin(carried: Carried, settings: Settings): Plugin {
  return new Plugin({
    props: {
      transformPastedHTML(html) {
        let lost = 0;
        const text = cleaned(html, carried, () => lost++);
        if (lost) settings.lost("");
        return text;
      },
      handlePaste: (view, event) => event.clipboardData !== null && pasted(view, event.clipboardData),
    },
  });
}

/** Prefer the plain text where the HTML beside it says less. */
function pasted(view: EditorView, data: DataTransfer): boolean {
  const text = data.getData("text/plain").replace(/\r\n?/g, "\n");
  const asTyped = (view as unknown as { input?: { shiftKey?: boolean } }).input?.shiftKey;
  if (!text || asTyped || view.state.selection.$from.parent.type.spec.code) return false;
  const mode = modeOf(data);
  if (mode && !AS_TEXT.includes(mode)) return text.includes("\n") && put(view, [codeBlock(view.state.schema, text, mode)]);
  if (data.getData("text/html") && !mode) return false;
  const cells = cellsOf(text);
  if (cells) return put(view, [table(view.state.schema, cells)]);
  return isMarkdown(text) && asMarkdown(view, text);
}

/** Return the language of text copied from VS Code. */
function modeOf(data: DataTransfer): string | undefined {
  try {
    return (JSON.parse(data.getData("vscode-editor-data") || "{}") as { mode?: string }).mode;
  } catch {
    return undefined;
  }
}

function put(view: EditorView, nodes: Node[]): boolean {
  const { tr, selection } = view.state;
  view.dispatch(tr.replaceRange(selection.from, selection.to, new Slice(Fragment.from(nodes), 0, 0)).setMeta("paste", true).scrollIntoView());
  return true;
}

/** Insert the plain words and then convert them: one undo leaves the words. */
function asMarkdown(view: EditorView, text: string): boolean {
  const { schema, selection } = view.state;
  const lines = text.replace(/\n$/, "").split("\n").map((line) => schema.node("paragraph", null, line ? schema.text(line) : undefined));
  const typed = view.state.tr.replaceSelection(new Slice(Fragment.from(lines), 1, 1));
  const [from, to] = [typed.mapping.map(selection.from, -1), typed.mapping.map(selection.to, 1)];
  view.dispatch(typed);
  const read = readNodes(schema, text);
  const isLine = read.childCount === 1 && read.firstChild?.type.name === "paragraph";
  const tr = closeHistory(view.state.tr);
  tr.setSelection(TextSelection.between(tr.doc.resolve(from), tr.doc.resolve(to)));
  if (isLine) tr.replaceSelection(new Slice(read, 1, 1));
  else tr.replaceRange(from, to, new Slice(read, 0, 0));
  view.dispatch(tr.setMeta("paste", true).scrollIntoView());
  return true;
}

/** Return the blocks of a text as new ones. */
function readNodes(schema: Schema, text: string): Fragment {
  const nodes: Node[] = [];
  open(schema, text).known.forEach(({ node }) => nodes.push(node.type.create({ ...node.attrs, block: null }, node.content, node.marks)));
  return Fragment.from(nodes);
}

function codeBlock(schema: Schema, text: string, language: string): Node {
  return schema.node("codeBlock", { language }, schema.text(text.replace(/\n$/, "")));
}

function table(schema: Schema, rows: string[][]): Node {
  const cell = (type: string, text: string): Node => schema.node(type, null, [schema.node("paragraph", null, lines(schema, text))]);
  return schema.node("table", null, rows.map((row, index) => schema.node("tableRow", null, row.map((text) => cell(index ? "tableCell" : "tableHeader", text)))));
}

function lines(schema: Schema, text: string): Node[] {
  return text.split("\n").flatMap((line, index) => [...(index ? [schema.node("hardBreak")] : []), ...(line ? [schema.text(line)] : [])]);
}

// -- pictures -----------------------------------------------------------------------------------------------------------

/** Fetch each external picture once; on failure a link to it stays and the writer is told. */
function bringAlong(view: EditorView, carried: Carried, requested: Set<string>, settings: Settings): void {
  for (const source of sources(view.state.doc)) {
    if (requested.has(source)) continue;
    requested.add(source);
    const file = carried.get(source);
    const arriving = file ? settings.send(file) : settings.fetch(source);
    void arriving
      .then(({ url }) => replace(view, source, url))
      .catch((error: unknown) => {
        if (view.isDestroyed) return;
        replace(view, source, undefined);
        settings.lost(file ? "" : error instanceof Error ? error.message : String(error));
      })
      .finally(() => requested.delete(source));
  }
}

function isAway(source: string): boolean {
  return source.startsWith(CARRIED) || (/^https?:/.test(source) && new URL(source).origin !== location.origin);
}

function sources(doc: Node): Set<string> {
  const addresses = new Set<string>();
  doc.descendants((node) => {
    if (node.type.name === "image" && isAway(String(node.attrs.src))) addresses.add(String(node.attrs.src));
    for (const [, source] of node.type.name === "opaque" ? String(node.attrs.text).matchAll(/<img src="([^"]+)"/g) : []) {
      if (isAway(plain(source ?? ""))) addresses.add(plain(source ?? ""));
    }
  });
  return addresses;
}

function plain(attribute: string): string {
  return attribute.replace(/&amp;/g, "&");
}

/** Set the picture's new address wherever it occurs; without one, replace it by a link or nothing. */
function replace(view: EditorView, source: string, url: string | undefined): void {
  if (view.isDestroyed) return;
  const { tr, schema, doc } = view.state;
  const places: [Node, number][] = [];
  doc.descendants((node, place) => void places.push([node, place]));
  for (const [node, place] of places.reverse()) {
    if (node.type.name === "opaque" && isIn(node, source)) tr.setNodeAttribute(place, "text", inHtml(String(node.attrs.text), source, url));
    if (node.type.name !== "image" || node.attrs.src !== source) continue;
    if (url) tr.setNodeAttribute(place, "src", url);
    else if (source.startsWith(CARRIED)) tr.delete(place, place + 1);
    else tr.replaceWith(place, place + 1, schema.text(String(node.attrs.alt || source), [schema.mark("link", { href: source })]));
  }
  view.dispatch(tr);
}

function isIn(node: Node, source: string): boolean {
  return plain(String(node.attrs.text)).includes(`"${source}"`);
}

function inHtml(text: string, source: string, url: string | undefined): string {
  return text.replace(/<img src="([^"]+)" alt="([^"]*)">/g, (image, address: string, alt: string) => {
    if (plain(address) !== source) return image;
    if (url) return `<img src="${url}" alt="${alt}">`;
    return source.startsWith(CARRIED) ? "" : `<a href="${address}">${alt || address}</a>`;
  });
}
