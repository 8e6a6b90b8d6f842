/** Recognises plain text in a known format: Markdown, and tab-separated cells. */

// The delimiter row of a table; a single dash counts only with a colon, or a row of dashes would match.
const RULE = /^\|?[ \t]*(?::-+:?|-+:|--+)[ \t]*(\|[ \t]*(?::-+:?|-+:|--+)[ \t]*)+\|?[ \t]*$/m;
const SIGNS = [/^#{1,6} \S/m, /^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1/m, RULE, /^[-*+] \[[ xX]\] \S/m, /!?\[[^\]\n]+\]\((https?:|\/)[^)\s]*\)/, /\*\*[^\s*][^*\n]*\*\*/];
const LIST = /^(?:[-*+]|\d+\.) \S/gm;
const QUOTE = /^> \S/gm;

/** True if a text is meant as Markdown: one unmistakable mark, or several lines of a list or quote. */
export function isMarkdown(text: string): boolean {
  return SIGNS.some((sign) => sign.test(text)) || [LIST, QUOTE].some((lines) => (text.match(lines) ?? []).length > 1);
}

/** Return the rows of tab-separated cells, or undefined; a cell with a line break is quoted. */
export function cellsOf(text: string): string[][] | undefined {
  const rows = rowsOf(text.replace(/\r\n?/g, "\n").replace(/\n$/, ""));
  const width = rows[0]?.length ?? 0;
  return width > 1 && rows.length > 1 && rows.every((row) => row.length === width) ? rows : undefined;
}

function rowsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/y;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    rows.at(-1)?.push((match[1]?.replace(/""/g, '"') ?? match[2] ?? "").trim());
    if (match[3] === "") break;
    if (match[3] === "\n") rows.push([]);
  }
  return rows;
}
