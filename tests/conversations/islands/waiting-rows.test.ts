import { beforeEach, expect, test, vi } from "vitest";
import type { Outgoing } from "../../../zhiliu/conversations/islands/lib/outbox";
import { WaitingRows } from "../../../zhiliu/conversations/islands/lib/waiting-rows";
import { find, page, serve, settle, texts } from "../../islands";
import { conversationWords } from "./words";

let rows: WaitingRows;

beforeEach(async () => {
  vi.useFakeTimers();
  await page(`${conversationWords()}<div id="channel"></div><div id="thread" data-list="9"></div>`);
  rows = new WaitingRows(() => [find("#channel"), find("#thread")]);
});

function message(client: string, more: Partial<Outgoing> = {}): Outgoing {
  return { client, body: `<b>${client}</b>`, root: 0, called: [], ...more };
}

test("a message on its way stands where it was written, as text", () => {
  rows.draw([message("a"), message("b", { root: 9 })]);
  expect([texts("#channel .text"), texts("#thread .text"), texts(".message-body > p")]).toEqual([["<b>a</b>"], ["<b>b</b>"], ["On its way", "On its way"]]);
  expect(rows.areOnTheirWay).toBe(true);
});

test("drawn again a message has one row, and without it none", () => {
  rows.draw([message("a"), message("b")]);
  rows.draw([message("b")]);
  expect(texts("#channel .text")).toEqual(["<b>b</b>"]);
});

test("a refused message says why, and can be sent again or dropped", () => {
  rows.draw([message("a", { refused: "Too long." })]);
  expect(texts(".message-body > p")).toEqual(["Not sent: Too long. Send again Drop"]);
  expect([...document.querySelectorAll("button")].map(({ dataset }) => [dataset["act"], dataset["client"]])).toEqual([["again", "a"], ["drop", "a"]]);
  expect(rows.areOnTheirWay).toBe(false);
});

test("held for a moderator a message stays, also when others are drawn", () => {
  rows.draw([message("a")]);
  rows.hold(message("a"), "Somebody looks at it first.");
  rows.draw([]);
  expect([texts(".message-body > p"), rows.areOnTheirWay]).toEqual([["Somebody looks at it first."], false]);
});

test("what was kept out says so, what still waits does not", async () => {
  for (const client of ["a", "b"]) {
    rows.draw([message(client)]);
    rows.hold(message(client), "held");
  }
  serve(() => ({ waiting: ["b"] }));
  await rows.askForHeld("/channels/3/held/");
  vi.advanceTimersByTime(1500);
  expect(texts(".message-body > p")).toEqual(["Not published. Why", "held"]);
});

test("where nothing is held nothing is asked, and a dead line changes nothing", async () => {
  const asked = serve(() => new Error("dead"));
  rows.draw([message("a")]);
  await rows.askForHeld("/channels/3/held/");
  expect(asked).toEqual([]);
  rows.hold(message("a"), "held");
  await rows.askForHeld("/channels/3/held/");
  await settle();
  vi.advanceTimersByTime(5000);
  expect([asked.length, texts(".message-body > p")]).toEqual([1, ["held"]]);
});
