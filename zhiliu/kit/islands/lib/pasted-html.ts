/** Converts clipboard content of other programs to plain HTML: styles that carry meaning become tags. */
import { splitLists } from "./pasted-lists";
import { marksOf } from "./pasted-marks";
import { wordLists } from "./word-lists";

/** Pictures embedded in the clipboard, by address; they are uploaded. */
export type Carried = Map<string, File>;

export const CARRIED = "#picture-";

/**
 * Elements their page does not show. A box may be drawn by something else, and a formula is hidden beside its picture.
 */
const HIDDEN = ':is([hidden], [style*="display" i], [style*="mso-hide" i]):not(input, :has(input, math))';

const BLOCKS = "p, div, ul, ol, table, h1, h2, h3, h4, h5, h6, pre, blockquote";

/**
 * @param carried receives the pictures that come with the text.
 * @param lost called for each picture that cannot be loaded.
 * @param isArticle keeps tables that Markdown cannot express as HTML text, and starts a new list where numbers jump.
 */
export function cleaned(html: string, carried: Carried, lost: () => void, isArticle = true): string {
  const isOurs = html.includes("data-pm-slice");
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const element of page.querySelectorAll("script, style, meta, link, title, xml, o\\:p, mp-style-type")) unwrapOrDrop(element);
  for (const element of hiddenIn(page)) element.remove();
  for (const drawn of page.querySelectorAll(".katex:has(.katex-mathml math) .katex-html")) drawn.remove();
  for (const image of page.querySelectorAll("img")) settle(image, carried, lost);
  for (const link of page.querySelectorAll("a")) withoutDeadLink(link, isOurs);
  for (const formula of page.querySelectorAll("math")) formula.replaceWith(writtenOf(formula));
  marksOf(page);
  wordLists(page);
  codeOf(page);
  tasksOf(page);
  for (const caption of page.querySelectorAll("caption")) stepOut(caption);
  for (const table of [...page.querySelectorAll("table")].reverse()) settleTable(table, isArticle);
  if (isArticle) splitLists(page);
  return page.body.innerHTML;
}

/** Word puts empty paragraphs into `o:p`, and sometimes a list mark. */
function unwrapOrDrop(element: Element): void {
  if (element.localName === "o:p") element.replaceWith(...element.childNodes);
  else element.remove();
}

/** Return elements whose text was invisible. */
export function hiddenIn(page: Document): Element[] {
  const isHidden = (element: Element): boolean => element.hasAttribute("hidden") || /(?:^|[;\s])(?:display:\s*none|mso-hide:\s*all)/i.test(element.getAttribute("style") ?? "");
  return [...page.body.querySelectorAll(HIDDEN)].filter(isHidden);
}

// -- pictures and links -------------------------------------------------------------------------------------------------

/**
 * Lazy-loading pages keep the address in another attribute. Local paths of the author's device never get into a text.
 */
function settle(image: HTMLImageElement, carried: Carried, lost: () => void): void {
  const source = [image.dataset.src, image.dataset.original, image.getAttribute("src")].find((address) => address && /^(https?:|\/)/.test(address));
  const src = source ?? image.getAttribute("src") ?? "";
  const alt = image.getAttribute("alt") ?? "";
  for (const name of ["alt", "title"]) if (isPath(image.getAttribute(name) ?? "")) image.setAttribute(name, "");
  if (source) return image.setAttribute("src", source.startsWith("//") ? `https:${source}` : source);
  const file = fileOf(src, isPath(alt) ? "" : alt);
  if (!file) {
    if (!isPixel(image)) lost();
    return image.remove();
  }
  const name = `${CARRIED}${carried.size + 1}-${Date.now()}`;
  carried.set(name, file);
  image.setAttribute("src", name);
}

function isPath(text: string): boolean {
  return /^(file:|[A-Za-z]:[\\/]|\\\\|\/(home|Users|tmp|var)\/)/.test(text.trim());
}

function isPixel(image: HTMLImageElement): boolean {
  return image.getAttribute("width") === "1" || /^data:image\/svg/.test(image.getAttribute("src") ?? "");
}

function fileOf(src: string, name: string): File | undefined {
  const match = /^data:(image\/(png|jpeg|gif|webp|bmp));base64,([\s\S]*)$/.exec(src);
  if (!match) return undefined;
  try {
    const bytes = Uint8Array.from(atob(decodeURIComponent(match[3] ?? "").replace(/\s/g, "")), (sign) => sign.charCodeAt(0));
    return new File([bytes], `${name || "picture"}.${match[2]}`, { type: match[1] });
  } catch {
    return undefined;
  }
}

/** Links to anchors inside a document and to local files lead nowhere. */
function withoutDeadLink(link: HTMLAnchorElement, isOurs: boolean): void {
  const href = link.getAttribute("href") ?? "";
  if (isOurs && !isPath(href)) return;
  if (!/^(https?:|mailto:|tel:|\/(?!\/))/i.test(href)) link.replaceWith(...link.childNodes);
}

// -- formulas --------------------------------------------------------------------------------------

/**
 * Return the source of a formula, as our pages and others store it; its characters alone would run together: 10³ to
 * 103.
 */
function writtenOf(formula: Element): string {
  const latex = formula.querySelector('annotation[encoding="application/x-tex"]')?.textContent ?? formula.getAttribute("alttext") ?? "";
  if (!latex) return formula.textContent ?? "";
  return latex.startsWith("$") ? latex : `$${latex.trim()}$`;
}

// -- code and tasks -----------------------------------------------------------------------------------------------------

/** Code with one element per line (Feishu, VS Code) becomes one code block. */
function codeOf(page: Document): void {
  for (const code of page.querySelectorAll("pre:not([data-opaque])")) {
    const inner = code.querySelector("code");
    const lines = linesOf(inner ?? code);
    const language = /\blang(?:uage)?-([\w+#-]+)/i.exec(`${code.className} ${inner?.className ?? ""} ${code.getAttribute("lang") ?? ""}`)?.[1];
    code.replaceChildren(codeElement(page, lines, language?.toLowerCase()));
  }
  for (const box of page.querySelectorAll<HTMLElement>("div[style]")) {
    const style = box.getAttribute("style") ?? "";
    if (!/white-space:\s*pre/i.test(style) || !/mono|consolas|courier|menlo/i.test(style)) continue;
    const lines = linesOf(box);
    const code = codeElement(page, lines);
    if (!lines.includes("\n")) box.replaceWith(code);
    else {
      const block = page.createElement("pre");
      block.append(code);
      box.replaceWith(block);
    }
  }
}

function codeElement(page: Document, text: string, language?: string): HTMLElement {
  const code = page.createElement("code");
  if (language) code.className = `language-${language}`;
  code.textContent = text;
  return code;
}

function linesOf(element: Element): string {
  const isLine = (node: Node): boolean => /^(DIV|P|LI)$/.test(node.nodeName);
  if (![...element.children].some(isLine)) return textOf(element).replace(/\n$/, "");
  const lines: string[] = [];
  let words = "";
  const close = (): void => {
    if (words.trim()) lines.push(words);
    words = "";
  };
  for (const node of element.childNodes) {
    // A break between lines is an empty line; after words it only ends them.
    if (node.nodeName === "BR" && !words.trim()) lines.push("");
    else if (!isLine(node) && node.nodeName !== "BR") words += textOf(node);
    else {
      close();
      if (isLine(node)) lines.push(textOf(node));
    }
  }
  close();
  return lines.join("\n");
}

function textOf(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? "").replace(/\u00a0/g, " ").replace(/\u200b/g, "");
  if (node.nodeName === "BR") return node.nextSibling ? "\n" : "";
  return [...node.childNodes].map(textOf).join("");
}

/** A list item with a checkbox, however it is drawn, is a task. */
function tasksOf(page: Document): void {
  for (const list of page.querySelectorAll("ul")) {
    const items = [...list.children].filter((child) => child.tagName === "LI");
    const boxes = items.map((item) => boxOf(item));
    if (!items.length || boxes.some((box) => box === undefined)) continue;
    list.setAttribute("data-type", "taskList");
    items.forEach((item, index) => {
      item.setAttribute("data-type", "taskItem");
      item.setAttribute("data-checked", String(boxes[index]));
      item.querySelector(":scope > input, :scope > p > input, :scope > label > input, :scope > div > input")?.remove();
    });
  }
}

function boxOf(item: Element): boolean | undefined {
  const box = item.querySelector<HTMLInputElement>(":scope > input[type=checkbox], :scope > p > input[type=checkbox], :scope > label > input[type=checkbox], :scope > div > input[type=checkbox]");
  if (box) return box.hasAttribute("checked");
  const state = item.getAttribute("data-checked") ?? item.getAttribute("aria-checked") ?? item.getAttribute("data-done");
  if (state !== null) return state === "true";
  return /\b(task|todo|checkbox)/i.test(item.className) ? /done|checked|complete/i.test(item.className) : undefined;
}

// -- tables -------------------------------------------------------------------------------------------------------------

/** Put a table's caption before it. */
function stepOut(caption: HTMLTableCaptionElement): void {
  const title = caption.ownerDocument.createElement("div");
  title.append(...caption.childNodes);
  const table = caption.closest("table");
  caption.remove();
  if (title.textContent?.trim()) table?.before(title);
}

/** Simplify a table that Markdown can express; keep any other as HTML, so that no value moves into another column. */
function settleTable(table: HTMLTableElement, isArticle: boolean): void {
  if (!table.rows.length) return table.remove();
  for (const cell of table.querySelectorAll("td, th")) flatten(cell);
  if (!isArticle) return;
  if (table.parentElement?.closest("table")) return table.replaceWith(...linesOfTable(table));
  if (isPlain(table)) return;
  const block = table.ownerDocument.createElement("pre");
  block.setAttribute("data-opaque", "");
  block.textContent = htmlOf(table);
  table.replaceWith(block);
}

/** A table nested in a cell: one line per row. */
function linesOfTable(table: HTMLTableElement): Element[] {
  return [...table.rows].map((row) => {
    const line = table.ownerDocument.createElement("p");
    for (const cell of row.cells) line.append(...(line.hasChildNodes() ? [" / "] : []), ...cell.childNodes);
    return line;
  });
}

/** Unwrap the only paragraph of a cell; code of one line becomes inline code. */
function flatten(cell: Element): void {
  for (const code of cell.querySelectorAll("pre:not([data-opaque])")) if (!code.textContent?.includes("\n")) code.replaceWith(...code.childNodes);
  const blocks = [...cell.children].filter((child) => child.matches("p, div, section"));
  for (const block of blocks) if (!block.textContent?.trim() && !block.querySelector("img") && blocks.length > 1) block.remove();
  const [only] = cell.children;
  if (cell.children.length === 1 && only?.matches("p, div, section") && cell.textContent?.trim() === only.textContent?.trim()) only.replaceWith(...only.childNodes);
}

function isPlain(table: HTMLTableElement): boolean {
  const widths = new Set([...table.rows].map((row) => row.cells.length));
  const spans = table.querySelector("[colspan]:not([colspan='1']), [rowspan]:not([rowspan='1'])");
  return widths.size === 1 && !spans && !table.querySelector(`:is(td, th) :is(${BLOCKS})`);
}

const KEPT: Record<string, string> = { B: "strong", STRONG: "strong", I: "em", EM: "em", S: "s", DEL: "s", SUP: "sup", SUB: "sub", CODE: "code", UL: "ul", OL: "ol", LI: "li", P: "p", DIV: "p", BR: "br", A: "a", IMG: "img" };

function htmlOf(table: HTMLTableElement): string {
  const rows = [...table.rows].map((row) => `<tr>${[...row.cells].map(cellOf).join("")}</tr>`);
  return `<table>\n${rows.join("\n")}\n</table>`;
}

function cellOf(cell: HTMLTableCellElement): string {
  const spans = (["colspan", "rowspan"] as const).filter((name) => Number(cell.getAttribute(name) ?? 1) > 1);
  const attributes = spans.map((name) => ` ${name}="${Number(cell.getAttribute(name))}"`).join("");
  const tag = cell.tagName.toLowerCase();
  return `<${tag}${attributes}>${insideOf(cell)}</${tag}>`;
}

/** Return the content on one line: a blank line would end the HTML. */
function insideOf(element: Element): string {
  return [...element.childNodes].map(pieceOf).join("").trim();
}

function pieceOf(node: ChildNode): string {
  if (!(node instanceof Element)) return node.nodeType === Node.TEXT_NODE ? escaped((node.textContent ?? "").replace(/[ \t\r\n\u00a0]+/g, " ")) : "";
  const tag = KEPT[node.tagName];
  if (node.tagName === "PRE") return `<pre><code>${escaped(node.textContent ?? "").replace(/\n/g, "&#10;")}</code></pre>`;
  if (tag === "br") return "<br>";
  if (tag === "img") return `<img src="${escaped(node.getAttribute("src") ?? "")}" alt="${escaped(node.getAttribute("alt") ?? "")}">`;
  const href = tag === "a" ? ` href="${escaped(node.getAttribute("href") ?? "")}"` : "";
  return tag ? `<${tag}${href}>${insideOf(node)}</${tag}>` : insideOf(node);
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
