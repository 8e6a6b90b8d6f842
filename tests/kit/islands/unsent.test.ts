import { beforeEach, expect, test, vi } from "vitest";
import Unsent from "../../../zhiliu/kit/islands/unsent";
import { keptHere } from "../../../zhiliu/kit/islands/lib/unsent";
import { addMeta, find, page, texts } from "../../islands";

const PAGE = `<div data-controller="unsent"><section data-unsent-target="part" hidden><ul data-unsent-target="list"></ul></section>
  <template data-unsent-target="row"><li><p data-part="text"></p><i data-part="message">message</i><i data-part="draft">draft</i><time data-part="time"></time></li></template></div>`;

beforeEach(() => {
  localStorage.setItem("drafts:7:need", JSON.stringify([{ id: "a", at: 1000, text: { title: "除霜", body: "周期\n 怎么定", quote: '{"id":4}' } }]));
  localStorage.setItem("outbox-7-3", JSON.stringify([{ client: "x", body: "三点开会", since: 2000 }]));
  localStorage.setItem("drafts:8:need", JSON.stringify([{ id: "b", at: 3000, text: { body: "同事的" } }]));
  localStorage.setItem("outbox-8-3", JSON.stringify([{ client: "y", body: "同事的", since: 3000 }]));
});

test("what this account wrote is listed, newest first, and nobody else's", () => {
  expect(keptHere()).toEqual([
    { text: "三点开会", at: 2000, isMessage: true },
    { text: "除霜 周期 怎么定", at: 1000, isMessage: false },
  ]);
  addMeta("me", "");
  expect(keptHere()).toEqual([]);
});

test("a long text is shortened", () => {
  localStorage.setItem("outbox-7-4", JSON.stringify([{ client: "z", body: "长".repeat(301), since: 5000 }]));
  expect(keptHere()[0]?.text).toBe(`${"长".repeat(300)}…`);
});

test("the page tells messages and drafts apart, and hides the part when there is nothing", async () => {
  await page(PAGE, { unsent: Unsent });
  expect([find("section").hidden, texts("li p"), texts("li i")]).toEqual([false, ["三点开会", "除霜 周期 怎么定"], ["message", "draft"]]);
  localStorage.clear();
  await page(PAGE, { unsent: Unsent });
  expect(find("section").hidden).toBe(true);
});

test("it goes on when the connection is back", async () => {
  const reload = vi.fn();
  vi.stubGlobal("location", { reload });
  await page(PAGE, { unsent: Unsent });
  dispatchEvent(new Event("online"));
  expect(reload).toHaveBeenCalledOnce();
});
