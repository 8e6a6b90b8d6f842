import { expect, test } from "vitest";
import { cellsOf, isMarkdown } from "../../../zhiliu/kit/islands/lib/plain-paste";

test.each([
  ["# 标题"],
  ["text\n###### deep"],
  ["```sh\nls\n```"],
  ["~~~\nls\n~~~"],
  ["| 甲 | 乙 |\n| --- | :-: |\n| 1 | 2 |"],
  ["甲 | 乙\n--- | ---\n1 | 2"],
  ["|甲|乙|\n|:-|-:|\n|1|2|"],
  ["|甲|乙|\n|--|--|\n|1|2|"],
  ["- [ ] 断电"],
  ["* [x] 挂牌"],
  ["see [notes](https://example.com/a)"],
  ["![](/media/a.png) and [a](/b)"],
  ["the **door** first"],
  ["- one\n- two"],
  ["1. one\n2. two"],
  ["> one\n> two"],
])("%j is Markdown", (text) => expect(isMarkdown(text)).toBe(true));

test.each([
  [""],
  ["#标题"],
  ["####### seven"],
  ["C# is a language"],
  ["```sh\nls"],
  ["- one"],
  ["-one\n-two"],
  ["> one"],
  ["2026-08-15 | 7"],
  ["----"],
  ["- | ---"],
  ["--- | -"],
  ["7-0 | 2-1\n-- | 3"],
  ["[1] and (https://example.com)"],
  ["2 ** 3 ** 4"],
  ["**\n**"],
])("%j is plain text", (text) => expect(isMarkdown(text)).toBe(false));

test("cells with tabs between them are rows", () => {
  expect(cellsOf("单号\t数量\nHT-1\t7\n")).toEqual([["单号", "数量"], ["HT-1", "7"]]);
});

test("line ends of Windows and the last one do not count", () => {
  expect(cellsOf("a\tb\r\nc\td\r\n")).toEqual([["a", "b"], ["c", "d"]]);
});

test("a cell with a line break, a tab or quotation marks stands in quotation marks", () => {
  expect(cellsOf('a\t"两\n行"\nb\t"x\ty"\nc\t"say ""no"""')).toEqual([["a", "两\n行"], ["b", "x\ty"], ["c", 'say "no"']]);
});

test("a cell that only begins with a quotation mark keeps it", () => {
  expect(cellsOf('"冷" 库\t1\n"open\t2')).toEqual([['"冷" 库', "1"], ['"open', "2"]]);
});

test("empty cells stay, also at both ends", () => {
  expect(cellsOf("\ta\n b \t")).toEqual([["", "a"], ["b", ""]]);
});

test.each([[""], ["a\tb"], ["a\nb"], ["a\tb\nc"], ["a\tb\nc\td\te"]])("%j is no table", (text) => expect(cellsOf(text)).toBeUndefined());
