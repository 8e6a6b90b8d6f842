import { expect, test } from "vitest";
import { filesAlone } from "../../../zhiliu/kit/islands/lib/clipboard-files";
import { newId } from "../../../zhiliu/kit/islands/lib/ids";
import { say, sayOnNextPage, sayWaiting } from "../../../zhiliu/kit/islands/lib/toasts";
import { meta, word } from "../../../zhiliu/kit/islands/lib/words";
import { page, texts } from "../../islands";

test("a word of the page has its value in it; a word the page does not say is its name", () => {
  expect([word("minutes", 5), word("no_such_word"), meta("me"), meta("no-such-meta")]).toEqual(["5 min", "no_such_word", "7", ""]);
});

test("ids are random UUIDs of version 4", () => {
  const ids = Array.from({ length: 200 }, newId);
  expect(ids.filter((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)).length).toBe(200);
  expect(new Set(ids).size).toBe(200);
});

test("sentences kept for the next page are said there once, as text", async () => {
  await page('<div id="toasts"></div>');
  sayOnNextPage(["<b>Saved</b>", "Sent"]);
  sayWaiting();
  sayWaiting();
  say("Now");
  expect(texts(".toast")).toEqual(["<b>Saved</b>", "Sent", "Now"]);
});

test("files of the clipboard count only where no words lie beside them", () => {
  const file = new File(["x"], "a.png");
  const data = (text: string) => ({ getData: () => text, files: [file] }) as unknown as DataTransfer;
  expect([filesAlone(data(" \n")), filesAlone(data("冷库")), filesAlone(null)]).toEqual([[file], [], []]);
});
