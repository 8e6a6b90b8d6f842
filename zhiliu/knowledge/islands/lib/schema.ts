/** The editor's schema: its extensions, without anything that needs a page. */
import { Extension, Mark, mergeAttributes, Node } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { CodeBlock } from "@tiptap/extension-code-block";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { HorizontalRule } from "@tiptap/extension-horizontal-rule";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, OrderedList, TaskItem, TaskList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Strike } from "@tiptap/extension-strike";
import { Text } from "@tiptap/extension-text";

const BLOCKS = [
  "paragraph", "heading", "blockquote", "codeBlock", "horizontalRule", "bulletList", "orderedList", "taskList", "table", "opaque",
];

const TABLE_ROLES: Record<string, string> = { table: "table", tableRow: "row", tableCell: "cell", tableHeader: "header_cell" };

/** The block's index in the text that was read; never shown, never copied. */
const Place = Extension.create({
  name: "place",
  extendNodeSchema: ({ name }) => (TABLE_ROLES[name] ? { tableRole: TABLE_ROLES[name] } : {}),
  addGlobalAttributes: () => [
    { types: BLOCKS, attributes: { block: { default: null, rendered: false, keepOnSplit: false } } },
    { types: ["bulletList", "orderedList", "taskList"], attributes: { tight: { default: true, rendered: false }, sign: { default: null, rendered: false } } },
  ],
});

/** A block the editor cannot show: its source in a box, editable only as text. */
export const Opaque = Node.create({
  name: "opaque",
  group: "block",
  atom: true,
  addAttributes: () => ({ text: { default: "", rendered: false } }),
  parseHTML: () => [{ tag: "pre[data-opaque]", priority: 60, getAttrs: (element) => ({ text: element.textContent }) }],
  renderHTML: ({ node }) => ["pre", { "data-opaque": "" }, node.attrs.text],
});

/** An inline piece the editor cannot show (a formula, a footnote reference), left as written. */
const OpaqueInline = Node.create({
  name: "opaqueInline",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ text: { default: "", rendered: false } }),
  parseHTML: () => [{ tag: "code[data-opaque]", priority: 60, getAttrs: (element) => ({ text: element.textContent }) }],
  renderHTML: ({ node }) => ["code", { "data-opaque": "" }, node.attrs.text],
  renderText: ({ node }) => String(node.attrs.text),
});

/**
 * Superscript and subscript carry meaning: 10³ is not 103. Markdown has no syntax for them, so they are written as
 * tags.
 */
const Superscript = Mark.create({ name: "superscript", excludes: "superscript subscript", parseHTML: () => [{ tag: "sup" }], renderHTML: () => ["sup", 0] });
const Subscript = Mark.create({ name: "subscript", excludes: "superscript subscript", parseHTML: () => [{ tag: "sub" }], renderHTML: () => ["sub", 0] });

const Picture = Node.create({
  name: "image",
  group: "inline",
  inline: true,
  draggable: true,
  addAttributes: () => ({ src: { default: null }, alt: { default: "" }, title: { default: null } }),
  parseHTML: () => [{ tag: "img[src]:not([src^='data:'])" }],
  renderHTML: ({ HTMLAttributes }) => ["img", mergeAttributes(HTMLAttributes)],
});

const Table = Node.create({
  name: "table",
  group: "block",
  content: "tableRow+",
  isolating: true,
  parseHTML: () => [{ tag: "table" }],
  renderHTML: () => ["div", { class: "table-frame" }, ["table", ["tbody", 0]]],
});

const TableRow = Node.create({
  name: "tableRow",
  content: "(tableCell | tableHeader)*",
  parseHTML: () => [{ tag: "tr" }],
  renderHTML: () => ["tr", 0],
});

/** Spans are always 1: Markdown has no merged cells, but prosemirror-tables requires the attributes. */
const cellAttributes = {
  colspan: { default: 1, rendered: false, parseHTML: () => 1 },
  rowspan: { default: 1, rendered: false, parseHTML: () => 1 },
  colwidth: { default: null, rendered: false, parseHTML: () => null },
  align: { default: null, parseHTML: (element: HTMLElement) => element.getAttribute("align") },
};

const TableCell = Node.create({
  name: "tableCell",
  content: "paragraph",
  isolating: true,
  addAttributes: () => cellAttributes,
  parseHTML: () => [{ tag: "td" }],
  renderHTML: ({ HTMLAttributes }) => ["td", HTMLAttributes, 0],
});

const TableHeader = Node.create({
  name: "tableHeader",
  content: "paragraph",
  isolating: true,
  addAttributes: () => cellAttributes,
  parseHTML: () => [{ tag: "th" }],
  renderHTML: ({ HTMLAttributes }) => ["th", HTMLAttributes, 0],
});

/** Numbering by the list's own start, without the type attribute, which Markdown lacks. */
const Numbered = OrderedList.extend({
  addAttributes() {
    return { start: { default: 1, parseHTML: (element: HTMLElement) => startOf(element.getAttribute("start")) } };
  },
});

/** Markdown numbers are integers of up to nine digits. */
function startOf(text: string | null): number {
  return /^\d{1,9}$/.test(text ?? "") ? Number(text) : 1;
}

/** Pasted characters stay characters. Whether plain text is Markdown is decided for all of it, see `isMarkdown`. */
const AS_PASTED = { addPasteRules: () => [] };

export const content = [
  Document, Paragraph, Text, Heading, Blockquote, CodeBlock, HorizontalRule, HardBreak, BulletList, Numbered, ListItem, TaskList,
  Table, TableRow, TableCell, TableHeader, Picture, Opaque, OpaqueInline,
  Bold.extend(AS_PASTED), Italic.extend(AS_PASTED), Strike.extend(AS_PASTED), Superscript, Subscript, Place,
  Link.configure({ openOnClick: false, autolink: false, linkOnPaste: true, defaultProtocol: "https", HTMLAttributes: { rel: null, target: null } }),
  // Last, so that it is the innermost mark. Unlike the original, it is allowed inside links and bold words.
  Code.extend({ ...AS_PASTED, excludes: "" }),
];

/** The task list, whose checkboxes need a name for screen readers. */
export function tasks(label: (text: string) => string): typeof TaskItem {
  return TaskItem.configure({ nested: true, a11y: { checkboxLabel: (node) => label(node.textContent) } }) as typeof TaskItem;
}
