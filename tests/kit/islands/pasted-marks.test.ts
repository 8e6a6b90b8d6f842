import { expect, test } from "vitest";
import { marksOf } from "../../../zhiliu/kit/islands/lib/pasted-marks";

/** The page with its meanings, without the styles they came from. */
function marked(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  marksOf(page);
  for (const element of page.querySelectorAll("[style]")) element.removeAttribute("style");
  return page.body.innerHTML;
}

test.each([
  ['<span style="text-decoration:line-through">a</span>', "<span><s>a</s></span>"],
  ['<span style="color:red; text-decoration-line: underline LINE-THROUGH">a</span>', "<span><s>a</s></span>"],
  ["<strike>a</strike>", "<strike><s>a</s></strike>"],
  ['<span style="font-weight:bold">a</span>', "<span><b>a</b></span>"],
  ['<font style="color:red;font-weight: 600">a</font>', "<font><b>a</b></font>"],
  ['10<span style="vertical-align:super">3</span>', "10<span><sup>3</sup></span>"],
  ['H<font style="vertical-align: SUB">2</font>O', "H<font><sub>2</sub></font>O"],
  ['H<span style="mso-text-raise:-3.0pt">2</span>O', "H<span><sub>2</sub></span>O"],
  ['m<span style="mso-text-raise:3pt">2</span>', "m<span><sup>2</sup></span>"],
])("%s means %s", (html, wanted) => expect(marked(html)).toBe(wanted));

test.each([
  ['<span style="x-text-decoration:line-through">a</span>'],
  ['<span style="text-decoration:none;--x:line-through">a</span>'],
  ['<span style="font-weight:500">a</span>'],
  ['<p style="font-weight:bold">a</p>'],
  ['<span style="vertical-align:middle">a</span>'],
  ['<span style="mso-text-raise:0pt">a</span>'],
  ['<sup><span style="vertical-align:super">a</span></sup>'],
  ['<code><span style="font-weight:bold">a</span></code>'],
  ['<b><span style="font-weight:bold">a</span></b>'],
  ['<span style="font-weight:bold"> </span>'],
])("%s gets no mark", (html) => expect(marked(html)).toBe(html.replace(/ style="[^"]*"/g, "")));

test("bold around something light is no meaning of its own", () => {
  expect(marked('<span style="font-weight:700">a<span style="font-weight:normal">b</span></span>')).toBe("<span>a<span>b</span></span>");
});

test("struck paragraphs are struck inside of each, words between them, too", () => {
  expect(marked('<div style="text-decoration:line-through"><p>a</p>b<ul><li>c</li></ul> </div>')).toBe(
    "<div><p><s>a</s></p><s>b</s><ul><li><s>c</s></li></ul> </div>",
  );
});

test("a struck row of a table has its marks in the cells", () => {
  expect(marked('<table><tbody><tr style="text-decoration:line-through"><td>a</td><td>b</td></tr></tbody></table>')).toBe(
    "<table><tbody><tr><td><s>a</s></td><td><s>b</s></td></tr></tbody></table>",
  );
});

test("struck twice is struck once", () => {
  const style = 'style="text-decoration:line-through"';
  expect(marked(`<div ${style}><span ${style}>a</span></div>`)).toBe("<div><s><span>a</span></s></div>");
});
