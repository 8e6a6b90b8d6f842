/** Plain text on the clipboard that is written in a known form: Markdown, and cells with tabs between them. */

// The line below the head of a table; one dash is enough beside a colon only, or a line of dashes would be one.
const RULE = /^\|?[ \t]*(?::-+:?|-+:|--+)[ \t]*(\|[ \t]*(?::-+:?|-+:|--+)[ \t]*)+\|?[ \t]*$/m;
const SIGNS = [/^#{1,6} \S/m, /^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1/m, RULE, /^[-*+] \[[ xX]\] \S/m, /!?\[[^\]\n]+\]\((https?:|\/)[^)\s]*\)/, /\*\*[^\s*][^*\n]*\*\*/];
const LIST = /^(?:[-*+]|\d+\.) \S/gm;
const QUOTE = /^> \S/gm;

/** Whether a text was meant as Markdown: one sign nobody writes otherwise, or several lines of a list or a quote. */
export function isMarkdown(text: string): boolean {
  return SIGNS.some((sign) => sign.test(text)) || [LIST, QUOTE].some((lines) => (text.match(lines) ?? []).length > 1);
}

/** The rows of cells with tabs between them, or undefined; a cell with a line break stands in quotation marks. */
export function cellsOf(text: string): string[][] | undefined {
  const rows = rowsOf(text.replace(/\r\n?/g, "\n").replace(/\n$/, ""));
  const width = rows[0]?.length ?? 0;
  return width > 1 && rows.length > 1 && rows.every((row) => row.length === width) ? rows : undefined;
}

function rowsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/y;
  for (let found = cell.exec(text); found; found = cell.exec(text)) {
    rows.at(-1)?.push((found[1]?.replace(/""/g, '"') ?? found[2] ?? "").trim());
    if (found[3] === "") break;
    if (found[3] === "\n") rows.push([]);
  }
  return rows;
}
