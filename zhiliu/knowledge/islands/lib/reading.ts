/**
 * Convert the tokens of a block to editor nodes; undefined for anything the editor cannot show, which stays as written.
 */
import type Token from "markdown-it/lib/token.mjs";
import rules from "../../../kit/text/markdown_rules.json";
import { isPlainAddress } from "./markdown";

export interface Json {
  type: string;
  attrs?: Record<string, unknown>;
  content?: Json[];
  marks?: { type: string; attrs?: Record<string, unknown> }[];
  text?: string;
}

class Unknown extends Error {}

const TASK = /^\[([ xX])\](?: |$)/;
const MARKS: Record<string, string> = { strong: "bold", em: "italic", s: "strike", link: "link", sup: "superscript", sub: "subscript" };
// Lines of other dialects (containers, includes) that Markdown parses as a paragraph.
const DIALECT = new RegExp(rules.dialect, "m");
const NOTE = /^\[![A-Za-z]+\]/;

/** Return the node a block is shown as. */
export function nodeOf(tokens: Token[]): Json | undefined {
  return nodesOf(tokens)?.[0];
}

/** Return the nodes a text is shown as. */
export function nodesOf(tokens: Token[]): Json[] | undefined {
  try {
    return new Reader(tokens).all();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: Token[]) {}

  all(): Json[] {
    const nodes: Json[] = [];
    while (this.at < this.tokens.length) nodes.push(this.block());
    return nodes;
  }

  private take(): Token {
    const token = this.tokens[this.at++];
    if (!token) throw new Unknown();
    return token;
  }

  /** Consume everything up to and including the closing token. */
  private until(type: string): Json[] {
    const nodes: Json[] = [];
    while (this.tokens[this.at]?.type !== type) nodes.push(this.block());
    this.at++;
    return nodes;
  }

  private block(): Json {
    const token = this.take();
    switch (token.type) {
      case "paragraph_open":
        return this.paragraph("paragraph", {});
      case "heading_open":
        return this.paragraph("heading", { level: Number(token.tag[1]) });
      case "blockquote_open":
        return this.quote();
      case "fence":
        return code(token.content.replace(/\n$/, ""), token.info.trim());
      case "code_block":
        return code(token.content.replace(/\n$/, ""), "");
      case "hr":
        return { type: "horizontalRule" };
      case "bullet_list_open":
        return this.list("bulletList", { sign: token.markup }, "bullet_list_close");
      case "ordered_list_open":
        return this.list("orderedList", { sign: token.markup, start: Number(token.attrGet("start") ?? 1) }, "ordered_list_close");
      case "table_open":
        return this.table();
      default:
        throw new Unknown();
    }
  }

  /** `> [!NOTE]` is a callout of other tools. */
  private quote(): Json {
    if (NOTE.test(this.tokens[this.at + 1]?.content ?? "")) throw new Unknown();
    return { type: "blockquote", content: filled(this.until("blockquote_close")) };
  }

  private paragraph(type: string, attrs: Record<string, unknown>): Json {
    const inline = this.take();
    this.take();
    if (DIALECT.test(inline.content)) throw new Unknown();
    return { type, attrs, content: inlineOf(inline) };
  }

  private list(type: string, attrs: Record<string, unknown>, end: string): Json {
    const items: Json[] = [];
    let tight = true;
    while (this.tokens[this.at]?.type !== end) {
      this.take();
      if (this.tokens[this.at]?.type === "paragraph_open" && !this.tokens[this.at]?.hidden) tight = false;
      items.push({ type: "listItem", content: startingWithParagraph(this.until("list_item_close")) });
    }
    this.at++;
    const tasks = type === "bulletList" ? asTasks(items) : undefined;
    return { type: tasks ? "taskList" : type, attrs: { ...attrs, tight }, content: tasks ?? items };
  }

  private table(): Json {
    const rows: Json[] = [];
    for (let token = this.take(); token.type !== "table_close"; token = this.take()) {
      if (token.type === "tr_open") rows.push({ type: "tableRow", content: [] });
      if (token.type !== "th_open" && token.type !== "td_open") continue;
      const align = /text-align:(\w+)/.exec(String(token.attrGet("style") ?? ""))?.[1] ?? null;
      const inline = this.take();
      const cell = { type: "paragraph", content: inlineOf(inline) };
      rows.at(-1)?.content?.push({ type: token.type === "th_open" ? "tableHeader" : "tableCell", attrs: { align }, content: [cell] });
    }
    return { type: "table", content: rows };
  }
}

function code(text: string, language: string): Json {
  return { type: "codeBlock", attrs: { language: language || null }, content: text ? [{ type: "text", text }] : [] };
}

function filled(content: Json[]): Json[] {
  return content.length ? content : [{ type: "paragraph" }];
}

/** A list item starts with a paragraph in the editor, even an empty one. */
function startingWithParagraph(content: Json[]): Json[] {
  return content[0]?.type === "paragraph" ? content : [{ type: "paragraph" }, ...content];
}

/** Return the items as tasks if every one starts with a checkbox. */
function asTasks(items: Json[]): Json[] | undefined {
  const boxes = items.map((item) => TASK.exec(item.content?.[0]?.content?.[0]?.text ?? ""));
  if (!boxes.length || boxes.some((box) => !box)) return undefined;
  return items.map((item, index) => {
    const box = boxes[index];
    const [first, ...rest] = item.content ?? [];
    const [text, ...more] = first?.content ?? [];
    const words = (text?.text ?? "").slice(box?.[0].length);
    const content = [...(words ? [{ ...text, text: words } as Json] : []), ...more];
    return { type: "taskItem", attrs: { checked: box?.[1] !== " " }, content: [{ type: "paragraph", content }, ...rest] };
  });
}

type Marks = NonNullable<Json["marks"]>;

/** Return the inline nodes of a block. Marks do not nest: `**a **b** c**` is bold. */
function inlineOf(inline: Token): Json[] {
  const nodes: Json[] = [];
  const marks: Marks = [];
  const put = (node: Json, extra: Marks = []): void => {
    const all = distinct([...marks, ...extra]);
    nodes.push({ ...node, ...(all.length ? { marks: all } : {}) });
  };
  const say = (text: string, extra: Marks = []): void => {
    if (text) put({ type: "text", text }, extra);
  };
  for (const token of inline.children ?? []) {
    if (isPlainAddress(token)) continue;
    const opened = /^(strong|em|s|link)_(open|close)$/.exec(token.type) ?? tagOf(token);
    const name = MARKS[opened?.[1] ?? ""] ?? "";
    if (token.type === "text" || token.type === "text_special") say(token.content);
    else if (token.type === "code_inline") say(token.content, [{ type: "code" }]);
    else if (token.type === "softbreak") say(" ");
    else if (token.type === "hardbreak" || isBreak(token)) put({ type: "hardBreak" });
    else if (token.type === "opaque_inline") put(opaqueOf(token));
    else if (token.type === "image") put({ type: "image", attrs: { src: token.attrGet("src"), alt: token.content, title: token.attrGet("title") } });
    else if (opened?.[2] === "open") marks.push(name === "link" ? linkOf(token) : { type: name });
    else if (opened && marks.some((mark) => mark.type === name)) marks.splice(marks.findLastIndex((mark) => mark.type === name), 1);
    else throw new Unknown();
  }
  if (marks.length) throw new Unknown();
  return nodes;
}

const TAGS: Record<string, string> = { strong: "strong", b: "strong", em: "em", i: "em", s: "s", del: "s", sup: "sup", sub: "sub" };

/** HTML tags for bold, italic, strikethrough, superscript and subscript are marks like others. */
function tagOf(token: Token): string[] | undefined {
  const match = token.type === "html_inline" ? /^<(\/?)(strong|b|em|i|s|del|sup|sub)>$/.exec(token.content) : null;
  return match ? [token.content, TAGS[match[2] ?? ""] ?? "", match[1] ? "close" : "open"] : undefined;
}

/** In a table cell only a tag can break a line. */
function isBreak(token: Token): boolean {
  return token.type === "html_inline" && /^<br *\/?>$/i.test(token.content);
}

function distinct(marks: Marks): Marks {
  return marks.filter((mark, place) => marks.findIndex((other) => other.type === mark.type) === place);
}

function linkOf(token: Token): Marks[number] {
  return { type: "link", attrs: { href: token.attrGet("href"), title: token.attrGet("title") } };
}

/** A multi-line one cannot be inside a line of text. */
function opaqueOf(token: Token): Json {
  if (token.content.includes("\n")) throw new Unknown();
  return { type: "opaqueInline", attrs: { text: token.content } };
}
