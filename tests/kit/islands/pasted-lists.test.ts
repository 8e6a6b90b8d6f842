import { expect, test } from "vitest";
import { numbersOf, splitLists } from "../../../zhiliu/kit/islands/lib/pasted-lists";

function parsed(html: string): Document {
  return new DOMParser().parseFromString(html, "text/html");
}

function numbers(html: string): number[] {
  const list = parsed(html).querySelector("ol")!;
  return [...numbersOf(list, [...list.children]).values()];
}

function split(html: string): string {
  const page = parsed(html);
  splitLists(page);
  return page.body.innerHTML;
}

test.each([
  ["<ol><li>a<li>b</ol>", [1, 2]],
  ['<ol start="4"><li>a<li>b</ol>', [4, 5]],
  ['<ol start=" -1x"><li>a<li>b</ol>', [-1, 0]],
  ['<ol start="x"><li>a<li>b</ol>', [1, 2]],
  ['<ol><li>a<li value="7">b<li>c</ol>', [1, 7, 8]],
  ["<ol reversed><li>a<li>b<li>c</ol>", [3, 2, 1]],
  ['<ol reversed start="10"><li>a<li>b</ol>', [10, 9]],
])("%s has the numbers %j", (html, wanted) => expect(numbers(html)).toEqual(wanted));

test("a list that counts on by one stays whole", () => {
  expect(split("<ol><li>a</li><li>b</li></ol>")).toBe('<ol start="1"><li>a</li><li>b</li></ol>');
});

test("where numbers leap another list begins", () => {
  expect(split('<ol><li>a</li><li value="5">b</li><li>c</li></ol><p>end</p>')).toBe(
    '<ol start="1"><li>a</li></ol><ol start="5"><li value="5">b</li><li>c</li></ol><p>end</p>',
  );
});

test("a list that counts backwards is a list for each number", () => {
  expect(split("<ol reversed><li>a</li><li>b</li></ol>")).toBe('<ol reversed="" start="2"><li>a</li></ol><ol start="1"><li>b</li></ol>');
});

test("what stands between items goes along with the item before it", () => {
  expect(split('<ol><li>a</li><ul><li>x</li></ul><li value="3">b</li><ul><li>y</li></ul></ol>')).toBe(
    '<ol start="1"><li>a</li><ul><li>x</li></ul></ol><ol start="3"><li value="3">b</li><ul><li>y</li></ul></ol>',
  );
});

test("lists within lists are split by themselves", () => {
  expect(split('<ol><li>a<ol><li>x</li><li value="9">y</li></ol></li><li>b</li></ol>')).toBe(
    '<ol start="1"><li>a<ol start="1"><li>x</li></ol><ol start="9"><li value="9">y</li></ol></li><li>b</li></ol>',
  );
});

test("a list without numbers is left alone", () => {
  expect(split('<ul><li>a</li><li value="5">b</li></ul>')).toBe('<ul><li>a</li><li value="5">b</li></ul>');
});
