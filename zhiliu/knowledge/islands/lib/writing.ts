/** The editor's nodes as Markdown. */
import type { Mark, Node } from "@tiptap/pm/model";
import { MarkdownSerializer, type MarkdownSerializerState } from "prosemirror-markdown";

type Write = (state: MarkdownSerializerState, node: Node, parent: Node, index: number) => void;

const list = (state: MarkdownSerializerState, node: Node, indent: string, first: (index: number) => string): void =>
  state.renderList(node, indent, first);

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
  bulletList: (state, node) => list(state, node, "  ", () => "- "),
  taskList: (state, node) => list(state, node, "  ", () => "- "),
  orderedList(state, node) {
    const start = Number(node.attrs.start ?? 1);
    const width = String(start + node.childCount - 1).length;
    list(state, node, " ".repeat(width + 2), (index) => `${String(start + index)}.`.padEnd(width + 2));
  },
  listItem: (state, node) => state.renderContent(node),
  taskItem(state, node) {
    state.write(node.attrs.checked ? "[x] " : "[ ] ");
    state.renderContent(node);
  },
  image(state, node) {
    const title = node.attrs.title ? ` "${String(node.attrs.title).replace(/"/g, '\\"')}"` : "";
    state.write(`![${state.esc(node.attrs.alt ?? "")}](${address(node.attrs.src)}${title})`);
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
    state.write(table(node));
    state.closeBlock(node);
  },
  text(state, node) {
    state.text(node.text ?? "", !("inAutolink" in state && state.inAutolink));
  },
};

const marks = {
  bold: { open: "**", close: "**", mixable: true, expelEnclosingWhitespace: true },
  italic: { open: "*", close: "*", mixable: true, expelEnclosingWhitespace: true },
  strike: { open: "~~", close: "~~", mixable: true, expelEnclosingWhitespace: true },
  code: {
    open: (_state: MarkdownSerializerState, _mark: Mark, parent: Node, index: number) => ticks(parent.child(index), -1),
    close: (_state: MarkdownSerializerState, _mark: Mark, parent: Node, index: number) => ticks(parent.child(index - 1), 1),
    escape: false,
  },
  link: {
    open: () => "[",
    close: (_state: MarkdownSerializerState, mark: Mark) => {
      const title = mark.attrs.title ? ` "${String(mark.attrs.title).replace(/"/g, '\\"')}"` : "";
      return `](${address(mark.attrs.href)}${title})`;
    },
    mixable: true,
  },
};

const serializer = new MarkdownSerializer(nodes, marks, { hardBreakNodeName: "hardBreak", strict: false });

/** One top-level node as Markdown, without a line break at its end. */
export function write(node: Node): string {
  const schema = node.type.schema;
  const doc = schema.topNodeType.create(null, [node]);
  return serializer.serialize(doc, { tightLists: true }).replace(/\n+$/, "");
}

function address(href: unknown): string {
  const text = String(href ?? "");
  return /[\s()<>]/.test(text) ? `<${text.replace(/[<>\n]/g, encodeURIComponent)}>` : text;
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

/** A cell holds one line; a bar in it would end it. */
function cellText(cell: Node): string {
  const paragraph = cell.firstChild;
  return paragraph ? write(paragraph).replace(/\\?\n/g, " ").replace(/(?<!\\)\|/g, "\\|") : "";
}
