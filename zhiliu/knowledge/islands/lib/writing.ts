/** Serialise the editor's nodes to Markdown. */
import type { Mark, Node } from "@tiptap/pm/model";
import { MarkdownSerializer, type MarkdownSerializerState } from "prosemirror-markdown";
import { CARRIED } from "../../../kit/islands/lib/pasted-html";
import { flanks, formulaAt, markdown } from "./markdown";

type Write = (state: MarkdownSerializerState, node: Node, parent: Node, index: number) => void;

const OTHER_SIGN: Record<string, string> = { "-": "*", "*": "-", "+": "-", ".": ")", ")": "." };

/**
 * Return the marker of a list. Right after a list with the same marker it would continue that one, so it gets another.
 */
export function signOf(node: Node, before: Node | null, signBefore: string): string {
  const sign = String(node.attrs.sign ?? (node.type.name === "orderedList" ? "." : "-"));
  return before && isList(before) && sign === signBefore ? (OTHER_SIGN[sign] ?? sign) : sign;
}

export function isList(node: Node): boolean {
  return /List$/.test(node.type.name);
}

/** Return the marker of a list among others in the same block. */
function signAt(parent: Node, index: number): string {
  const before = index ? parent.child(index - 1) : null;
  return signOf(parent.child(index), before, before && isList(before) ? signAt(parent, index - 1) : "");
}

const bullets: Write = (state, node, parent, index) => state.renderList(node, "  ", () => `${signAt(parent, index)} `);

/** State the serializer does not expose: whether it is in a tight list, and how it ends a line there. */
interface InList {
  inTightList: boolean;
  flushClose: (lines: number) => void;
}

/** An item that starts with another block has an empty paragraph before it in the editor only. */
function item(state: MarkdownSerializerState, node: Node): void {
  const inner = state as MarkdownSerializerState & InList;
  const isEmptied = node.firstChild?.childCount === 0 && node.childCount > 1 && node.child(1).type.name !== "horizontalRule";
  node.forEach((child, _offset, place) => {
    if (place === 0 && isEmptied) return;
    if (inner.inTightList && place && node.child(place - 1).type.name === "paragraph") inner.flushClose(endsParagraph(child) ? 1 : 2);
    state.render(child, node, place);
  });
}

/**
 * Whether a block needs no blank line before it: text above a rule would become a heading, and a list starting at 7
 * would continue it.
 */
function endsParagraph(node: Node): boolean {
  if (isList(node)) return node.attrs.start === undefined ? node.textContent !== "" : node.attrs.start === 1;
  return !["paragraph", "horizontalRule", "opaque"].includes(node.type.name);
}

const nodes: Record<string, Write> = {
  paragraph(state, node) {
    state.renderInline(node);
    state.closeBlock(node);
  },
  heading(state, node) {
    state.write(`${"#".repeat(node.attrs.level)} `);
    state.renderInline(node, false);
    state.closeBlock(node);
  },
  blockquote(state, node) {
    state.wrapBlock("> ", null, node, () => state.renderContent(node));
  },
  codeBlock(state, node) {
    const runs = node.textContent.match(/`{3,}/g) ?? [];
    const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
    state.write(`${fence}${node.attrs.language ?? ""}\n`);
    state.text(node.textContent, false);
    state.write("\n");
    state.write(fence);
    state.closeBlock(node);
  },
  horizontalRule(state, node) {
    state.write("---");
    state.closeBlock(node);
  },
  bulletList: bullets,
  taskList: bullets,
  orderedList(state, node, parent, place) {
    const start = Number(node.attrs.start ?? 1);
    const sign = signAt(parent, place);
    const width = String(start + node.childCount - 1).length;
    state.renderList(node, " ".repeat(width + 2), (index) => `${String(start + index)}${sign}`.padEnd(width + 2));
  },
  listItem: item,
  taskItem(state, node) {
    state.write(node.attrs.checked ? "[x] " : "[ ] ");
    state.renderContent(node);
  },
  image(state, node) {
    if (String(node.attrs.src).startsWith(CARRIED)) return; // still uploading
    const title = node.attrs.title ? ` "${String(node.attrs.title).replace(/"/g, '\\"')}"` : "";
    state.write(`![${signs(String(node.attrs.alt ?? ""), "")}](${address(node.attrs.src)}${title})`);
  },
  hardBreak(state, node, parent, index) {
    for (let i = index + 1; i < parent.childCount; i++) {
      if (parent.child(i).type !== node.type) return state.write("\\\n");
    }
  },
  opaque(state, node) {
    state.text(node.attrs.text, false);
    state.closeBlock(node);
  },
  table(state, node) {
    state.text(table(node), false);
    state.closeBlock(node);
  },
  opaqueInline(state, node) {
    state.text(node.attrs.text, false);
  },
  text(state, node, parent, index) {
    const starts = index === 0 || parent.child(index - 1).type.name === "hardBreak";
    const before = index ? (parent.child(index - 1).text ?? "") : "";
    const next = index + 1 < parent.childCount ? parent.child(index + 1) : null;
    state.text(escaped(node.text ?? "", { before, starts, linked: isLinked(next), more: next !== null }), false);
  },
};

// Boundaries of marks while a text is written; see `settled`.
const OPEN = "\ufdd0";
const CLOSE = "\ufdd1";
const mark = (sign: string): object => ({ open: OPEN + sign, close: sign + CLOSE, mixable: true, expelEnclosingWhitespace: true });

const tag = (name: string): object => ({ open: `<${name}>`, close: `</${name}>`, mixable: true, expelEnclosingWhitespace: true });

const marks = {
  bold: mark("**"),
  italic: mark("*"),
  strike: mark("~~"),
  superscript: tag("sup"),
  subscript: tag("sub"),
  code: {
    open: (_state: MarkdownSerializerState, _mark: Mark, parent: Node, index: number) => ticks(parent.child(index), -1),
    close: (_state: MarkdownSerializerState, _mark: Mark, parent: Node, index: number) => ticks(parent.child(index - 1), 1),
    escape: false,
  },
  link: {
    open: (_state: MarkdownSerializerState, link: Mark, parent: Node, index: number) => (isAutolink(link, parent, index) ? "<" : "["),
    close(_state: MarkdownSerializerState, link: Mark, parent: Node, index: number) {
      if (isAutolink(link, parent, index - 1)) return ">";
      const title = link.attrs.title ? ` "${String(link.attrs.title).replace(/"/g, '\\"')}"` : "";
      return `](${address(link.attrs.href)}${title})`;
    },
    mixable: true,
  },
} as unknown as ConstructorParameters<typeof MarkdownSerializer>[1];

const tags = { ...marks, bold: tag("strong"), italic: tag("em"), strike: tag("s") } as typeof marks;

const OPTIONS = { hardBreakNodeName: "hardBreak", strict: false };
const raw: typeof nodes = { ...nodes, text: (state, node) => state.text(node.text ?? "", false) };
const serializers = {
  raw: new MarkdownSerializer(raw, marks, OPTIONS),
  signs: new MarkdownSerializer(nodes, marks, OPTIONS),
  tags: new MarkdownSerializer(nodes, tags, OPTIONS),
};

/**
 * Return one top-level node as Markdown, without a final line break.
 * @param style "raw" does not escape words, "signs" may be misparsed beside other signs, "tags" never is.
 */
export function write(node: Node, style: keyof typeof serializers = "signs"): string {
  const schema = node.type.schema;
  const doc = schema.topNodeType.create(null, [node]);
  return settled(serializers[style].serialize(doc, { tightLists: true }).replace(/\n+$/, ""));
}

/**
 * Return the text with its marks as plain signs. A mark between an outer Latin letter and inner punctuation would not
 * parse as one, so the outer letter is written as a character reference, which counts as punctuation.
 */
function settled(text: string): string {
  const pieces = text.split(/((?:\ufdd0[*~]+|[*~]+\ufdd1)+)/);
  for (let place = 1; place < pieces.length; place += 2) {
    const run = pieces[place] ?? "";
    const [before, after] = [pieces[place - 1] ?? "", pieces[place + 1] ?? ""];
    const { can_open, can_close } = flanks([...before].at(-1) ?? " ", [...after][0] ?? " ", true);
    if (run.includes(OPEN) && !can_open) pieces[place - 1] = before.replace(LETTER_AT_END, asNumber);
    if (run.includes(CLOSE) && !can_close) pieces[place + 1] = after.replace(LETTER_AT_START, asNumber);
    pieces[place] = run.replace(/[\ufdd0\ufdd1]/g, "");
  }
  return pieces.join("");
}

const LETTER_AT_START = /^[\p{L}\p{N}]/u;
const LETTER_AT_END = /[\p{L}\p{N}]$/u;

function asNumber(character: string): string {
  return `&#${character.codePointAt(0)};`;
}

function isLinked(node: Node | null): boolean {
  return node?.marks.some((mark) => mark.type.name === "link") ?? false;
}

/** A link whose text is its address, with no other mark. */
function isAutolink(link: Mark, parent: Node, index: number): boolean {
  const node = parent.child(index);
  if (link.attrs.title || node.text !== link.attrs.href || node.marks.length !== 1 || !/^[a-z][a-z0-9+.-]+:[^\s<>]*$/i.test(node.text ?? "")) return false;
  return ![index - 1, index + 1].some((place) => place >= 0 && place < parent.childCount && link.isInSet(parent.child(place).marks));
}

const LINE_START = /^(\s*)([+\-*>#|=]|:::|!!!|\?\?\?|\{\{|\{%|<<<|@@@)/;

/** The context of a run of text: words before it, the start of a line, a link or anything else after it. */
interface Beside {
  before: string;
  starts: boolean;
  linked: boolean;
  more: boolean;
}

/** Escape words so that they parse as the same words. Plain addresses stay whole. */
function escaped(text: string, { before, starts, linked, more }: Beside): string {
  const alone = !before && !more;
  let written = "";
  let from = 0;
  for (const { index, lastIndex } of markdown().linkify.match(text) ?? []) {
    written += signs(text.slice(from, index), text[from - 1] ?? before.slice(-1), alone) + text.slice(index, lastIndex);
    from = lastIndex;
  }
  written += signs(text.slice(from), text[from - 1] ?? before.slice(-1), alone);
  if (starts) written = written.replace(LINE_START, "$1\\$2").replace(/^(\s*\d+)([.)])(?=\s|$)/, "$1\\$2");
  return linked ? written.replace(/!$/, "\\!") : written;
}

/**
 * Escape only signs that would be marks: not `_` between letters, a single `~`, or `<` and `&` before a space.
 * @param alone whether the paragraph contains nothing else, where a formula could end.
 */
function signs(text: string, before: string, alone = true): string {
  return text.replace(/[`*\\[\]]|~(?=~)|(?<=~)~|_|<(?=[A-Za-z/!?])|&(?=#?[A-Za-z0-9]+;)|\$/g, (sign, place: number) => {
    if (sign === "_" && /[\p{L}\p{N}]/u.test(text[place - 1] ?? before) && /[\p{L}\p{N}]/u.test(text[place + 1] ?? "")) return sign;
    if (sign === "$" && alone && !formulaAt(text, place)) return sign;
    return `\\${sign}`;
  });
}

function address(href: unknown): string {
  const text = readable(String(href ?? ""));
  return /[\s()<>]/.test(text) ? `<${text.replace(/[<>\n]/g, encodeURIComponent)}>` : text;
}

/** Return an address with readable Chinese if it parses as the same address. */
function readable(href: string): string {
  try {
    const decoded = decodeURI(href);
    return markdown().normalizeLink(decoded) === href && !/[\s<>]/.test(decoded) ? decoded : href;
  } catch {
    return href;
  }
}

function ticks(node: Node, side: number): string {
  const runs = node.isText ? (node.text?.match(/`+/g) ?? []) : [];
  const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  if (fence.length === 1) return fence;
  return side > 0 ? ` ${fence}` : `${fence} `;
}

const RULES: Record<string, string> = { left: ":---", right: "---:", center: ":---:" };

function table(node: Node): string {
  const rows: string[][] = [];
  const aligned: string[] = [];
  node.forEach((row, _offset, number) => {
    const cells: string[] = [];
    row.forEach((cell, _at, column) => {
      cells.push(cellText(cell));
      if (number === 0) aligned[column] = RULES[String(cell.attrs.align ?? "")] ?? "---";
    });
    rows.push(cells);
  });
  const [head = [], ...body] = rows;
  return [head, aligned, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A cell holds one line, broken by tags; a bar would end it. */
function cellText(cell: Node): string {
  const paragraph = cell.firstChild;
  return paragraph ? write(paragraph).replace(/\\\n/g, "<br>").replace(/\n/g, " ").replace(/(?<!\\)\|/g, "\\|") : "";
}
