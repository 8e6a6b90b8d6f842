import { expect, test } from "vitest";
import { textOf } from "../../../zhiliu/conversations/islands/lib/plain-text";
import { find, page } from "../../islands";

async function text(html: string): Promise<string> {
  await page(`<article class="message"><div class="message-body"><header>Wang Fang 9:15</header>${html}</div></article>`);
  return textOf(find("article"));
}

test.each([
  ["words with marks", "<p>先看 <strong>表</strong>，再看<a href='#'>手册</a>。</p>", "先看 表，再看手册。"],
  ["lines and paragraphs", "<p>一\n<br>二</p>\n<p>三</p>", "一\n二\n\n三"],
  ["a list", "<p>带：</p><ul>\n<li>表</li>\n<li>灯</li>\n</ul><p>走</p>", "带：\n\n- 表\n- 灯\n\n走"],
  ["a numbered list", '<ol start="3"><li><p>三</p></li><li>四</li></ol>', "3. 三\n4. 四"],
  ["code", "<p>so:</p><pre><code>  a\n\n\n  b\n</code></pre>", "so:\n\n  a\n\n\n  b"],
  ["a quotation", "<blockquote><p>她说</p></blockquote><p>好</p>", "她说\n\n好"],
  ["a table", "<table><tr><th>甲</th><th>乙</th></tr><tr><td>1</td><td>2</td></tr></table>", "甲\t乙\n1\t2"],
])("%s", async (_what, html, expected) => {
  expect(await text(`<div class="text">${html}</div>`)).toBe(expected);
});

test("what the page adds to the words is not theirs", async () => {
  expect(await text('<div class="text"><p>停机</p><a class="edited">edited</a></div><div class="reactions">Useful 3</div>')).toBe("停机");
});

test("of a poll its question is taken, of a picture nothing", async () => {
  expect(await text('<div class="message-poll"><p class="poll-question">几点？</p><button>三点</button></div>')).toBe("几点？");
  expect(await text('<a class="picture"><img alt="a.png"></a>')).toBe("");
});
