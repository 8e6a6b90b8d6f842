/** Pasting into a message: messages support little Markdown, so everything else becomes text that reads the same. */
import { type Carried, cleaned, hiddenIn } from "../../../kit/islands/lib/pasted-html";
import { numbersOf } from "../../../kit/islands/lib/pasted-lists";
import { cellsOf } from "../../../kit/islands/lib/plain-paste";

export interface Pasted {
  text: string;
  /** Pictures in the clipboard itself. */
  files: File[];
  /** The number of pictures that could not be fetched. */
  lost: number;
}

/** Elements that say more than the plain text. */
const SAYS_MORE = "sup, sub, table, pre, code, b, strong, s, del, li, blockquote, h1, h2, h3, h4, h5, h6, a[href], img";

/** Return the clipboard as message Markdown, or undefined if its plain text says as much. */
export function pastedIn(data: DataTransfer): Pasted | undefined {
  const html = data.getData("text/html");
  if (html) return fromHtml(html);
  const cells = cellsOf(data.getData("text/plain"));
  return cells && { text: linesOf(cells.map((row) => row.map(oneLine))), files: [], lost: 0 };
}

function fromHtml(html: string): Pasted | undefined {
  const carried: Carried = new Map();
  let lost = 0;
  const page = new DOMParser().parseFromString(cleaned(html, carried, () => lost++, false), "text/html");
  if (!page.querySelector(SAYS_MORE) && !lost && !hides(html)) return undefined;
  const text = blocks(page.body).replace(/\n{3,}/g, "\n\n").trim();
  return { text: marked(text), files: [...carried.values()], lost };
}

/** Whether the plain text contains text the page had hidden. */
function hides(html: string): boolean {
  return hiddenIn(new DOMParser().parseFromString(html, "text/html")).some((element) => element.textContent?.trim());
}

// -- blocks -------------------------------------------------------------------------------------------------------------

const BLOCK = /^(P|DIV|SECTION|ARTICLE|HEADER|FOOTER|MAIN|UL|OL|TABLE|H[1-6]|PRE|BLOCKQUOTE|HR|DL|DT|DD|FIGURE|FIGCAPTION|CENTER)$/;
const APART = /^(P|UL|OL|TABLE|H[1-6]|PRE|BLOCKQUOTE)$/;

/** Blocks below each other; text between them is a block, too. */
function blocks(holder: Element): string {
  const lines: { text: string; apart: boolean }[] = [];
  let words = "";
  const close = (): void => {
    const text = tidy(words);
    if (text) lines.push({ text, apart: false });
    words = "";
  };
  for (const node of holder.childNodes) {
    if (!(node instanceof Element) || !holdsBlocks(node)) {
      words += inline(node);
      continue;
    }
    close();
    const text = block(node);
    if (text) lines.push({ text, apart: APART.test(node.tagName) });
  }
  close();
  return lines.map(({ text, apart }, index) => (index ? (apart || lines[index - 1]?.apart ? "\n\n" : "\n") : "") + text).join("");
}

function holdsBlocks(element: Element): boolean {
  return BLOCK.test(element.tagName) || [...element.children].some((child) => holdsBlocks(child));
}

function block(element: Element): string {
  if (element.tagName === "TABLE") return tableIn(element as HTMLTableElement);
  if (element.tagName === "UL" || element.tagName === "OL") return list(element, "");
  if (element.tagName === "PRE") return element.closest("td, th, li") ? codeLines(element) : fenced(element);
  const text = blocks(element);
  if (/^H[1-6]$/.test(element.tagName)) return text && bold(text);
  if (element.tagName === "BLOCKQUOTE") return text.replace(/^/gm, "> ");
  return text;
}

function fenced(block: Element): string {
  const language = /language-([\w+#.-]+)/.exec(block.querySelector("code")?.className ?? "")?.[1] ?? "";
  const text = (block.textContent ?? "").replace(/\n$/, "");
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return text.trim() ? `${fence}${language}\n${text}\n${fence}` : "";
}

/** A cell or an item has no room for a block: each line becomes inline code. */
function codeLines(block: Element): string {
  return (block.textContent ?? "").split("\n").map(code).filter(Boolean).join(" ");
}

/** Numbers are text in messages, so a list inside a numbered one has full numbers: 1.2. */
function list(element: Element, above: string): string {
  const rows = rowsOf(element);
  const numbers = numbersOf(element, rows.filter((row) => row.tagName === "LI"));
  const lines = rows.map((row) => {
    if (row.tagName !== "LI") return block(row);
    return itemOf(row, element.tagName === "OL" ? `${above}${numbers.get(row)}.` : "-");
  });
  return lines.filter(Boolean).join("\n");
}

/** Items and the elements between them. A list right after an item (Google Docs, Outlook) belongs to it. */
function rowsOf(element: Element): Element[] {
  const rows: Element[] = [];
  const waiting = [...element.childNodes].reverse();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const last = rows.at(-1);
    if (!(node instanceof Element) || !holdsRows(node)) addWords(rows, node);
    else if (node.tagName === "LI" || !node.querySelector("li") || /^(TABLE|PRE|BLOCKQUOTE)$/.test(node.tagName)) rows.push(node);
    else if (isList(node) && last?.tagName === "LI") last.append(node);
    else waiting.push(...[...node.childNodes].reverse());
  }
  return rows;
}

function holdsRows(element: Element): boolean {
  return element.tagName === "LI" || holdsBlocks(element) || element.querySelector("li") !== null;
}

function addWords(rows: Element[], node: Node): void {
  const last = rows.at(-1);
  const words = last?.tagName === "SPAN" ? last : document.createElement("span");
  words.append(node);
  if (words !== last && (words.textContent?.trim() || words.querySelector("img"))) rows.push(words);
}

function isList(element: Element): boolean {
  return /^(UL|OL)$/.test(element.tagName);
}

function itemOf(item: Element, mark: string): string {
  const inner = [...item.children].filter(isList);
  const own = item.cloneNode(true) as Element;
  for (const child of [...own.children].filter(isList)) child.remove();
  const below = inner.map((item) => `\n${list(item, mark === "-" ? "" : mark)}`).join("");
  const indented = mark === "-" ? below.replace(/\n(?=\S| )/g, "\n  ") : below;
  return `${mark} ${boxOf(item)}${blocks(own).replace(/\n+/g, " ")}${indented}`;
}

function boxOf(item: Element): string {
  const checked = item.getAttribute("data-checked");
  return checked === null ? "" : checked === "true" ? "☑ " : "☐ ";
}

// -- tables -------------------------------------------------------------------------------------------------------------

/** Inside a cell or item, which is one line, a table uses other separators for its cells and rows. */
function tableIn(table: HTMLTableElement): string {
  const grid = gridOf(table);
  if (!table.parentElement?.closest("td, th, li")) return linesOf(grid);
  return grid.map((row) => row.filter(Boolean).join(" / ")).join("; ");
}

/** One line per row, with separated cells. */
function linesOf(rows: string[][]): string {
  return rows.map((row) => row.join(" | ").trimEnd()).join("\n");
}

/** Cells by column; the extent of a merged cell is empty. */
function gridOf(table: HTMLTableElement): string[][] {
  const grid: string[][] = [];
  [...table.rows].forEach((row, down) => {
    let across = 0;
    for (const cell of row.cells) {
      while (grid[down]?.[across] !== undefined) across++;
      fill(grid, down, across, cell);
    }
  });
  const width = Math.max(0, ...grid.map((row) => row.length));
  return grid.slice(0, table.rows.length).map((row) => Array.from({ length: width }, (_, place) => row[place] ?? ""));
}

function fill(grid: string[][], down: number, across: number, cell: HTMLTableCellElement): void {
  const text = oneLine(blocks(cell));
  for (let row = down; row < down + Math.min(cell.rowSpan || 1, 1000); row++) {
    const line = (grid[row] ??= []);
    for (let place = across; place < across + cell.colSpan; place++) line[place] = row === down && place === across ? text : "";
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

// -- inline
// -------------------------------------------------------------------------------------------------------------

/** Collapse whitespace as a page shows it; line breaks stay. */
function tidy(text: string): string {
  return text.replace(/[ \t]*\n[ \t]*/g, "\n").replace(/^[ \n]+|[ \n]+$/g, "");
}

function inline(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? "").replace(/[ \t\r\n\u00a0]+/g, " ").replace(/\u200b/g, "");
  if (!(node instanceof Element)) return "";
  const text = (): string => [...node.childNodes].map(inline).join("");
  switch (node.tagName) {
    case "BR":
      return "\n";
    case "IMG":
      return picture(node);
    case "SUP":
      return placed(text(), RAISED, "^");
    case "SUB":
      return placed(text(), LOWERED, "_");
    case "CODE":
      return code(node.textContent ?? "");
    case "A":
      return link(node.getAttribute("href") ?? "", text());
    case "S":
    case "DEL":
      return around(text(), "~~", "~~");
    case "B":
    case "STRONG":
      return /font-weight:\s*(normal|400)/i.test(node.getAttribute("style") ?? "") ? text() : bold(text());
    default:
      return text();
  }
}

function code(text: string): string {
  const words = text.replace(/\s*\n\s*/g, " ").trim();
  const fence = "`".repeat(Math.max(0, ...[...words.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const room = /^`|`$/.test(words) ? " " : "";
  return words && fence + room + words + room + fence;
}

/** Link text that already is the address, or mentions a colleague, stays text. */
function link(href: string, text: string): string {
  const words = text.trim();
  if (!words || !/^https?:/.test(href) || words.startsWith("@") || /[[\]\n]/.test(words)) return text;
  const bare = (address: string): string => address.replace(/^https?:\/\//, "").replace(/\/$/, "");
  if (bare(words) === bare(href)) return href;
  return `[${words}](${href.replace(/[()\s]/g, encodeURIComponent).replace(/\(/g, "%28").replace(/\)/g, "%29")})`;
}

/** An external picture becomes a link; pictures in the clipboard are attached as files. */
function picture(image: Element): string {
  const source = image.getAttribute("src") ?? "";
  return /^https?:/.test(source) && !source.startsWith(`${location.origin}/`) ? link(source, image.getAttribute("alt") || source) : "";
}

// Placeholders of bold marks until their neighbours are known.
const [OPEN, CLOSE] = ["\uE000", "\uE001"];

function bold(text: string): string {
  return around(unmarked(text), OPEN, CLOSE);
}

function unmarked(text: string): string {
  return text.replace(/[\uE000\uE001]/g, "");
}

/** Put marks around each line, without surrounding whitespace. */
function around(text: string, before: string, after: string): string {
  return text.replace(/[^\n]+/g, (line) => line.replace(/^(\s*)(.*?)(\s*)$/, (_, start: string, words: string, end: string) => start + (words ? before + words + after : "") + end));
}

/** In messages, two stars are no mark beside Latin letters and digits. */
function marked(text: string): string {
  return unmarked(text.replace(/(?<![\w/*])\uE000([^\uE000\uE001\n]+)\uE001(?![\w/*])/g, "**$1**"));
}

// -- superscript and subscript
// ------------------------------------------------------------------------------------------

const RAISED = table("0123456789+-−=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ");
const LOWERED = table("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ");

function table(plain: string, placed: string): Map<string, string> {
  const signs = [...placed];
  return new Map([...plain].map((sign, index) => [sign, signs[index] ?? sign]));
}

/** Map to Unicode superscripts or subscripts; if one is missing, prefix the text with a sign. */
function placed(text: string, signs: Map<string, string>, sign: string): string {
  const words = unmarked(text).trim();
  if (!words || /^[[（(【〔].*[\]）)】〕]$/.test(words) || /^[*†‡]+$/.test(words)) return text;
  const all = [...words].map((word) => signs.get(word));
  if (all.every((sign) => sign !== undefined)) return all.join("");
  return [...words].length === 1 ? sign + words : `${sign}(${words})`;
}
