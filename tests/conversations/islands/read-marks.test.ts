import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MessageList } from "../../../zhiliu/conversations/islands/lib/message-list";
import { Moments } from "../../../zhiliu/conversations/islands/lib/moments";
import { type Marks, ReadMarks } from "../../../zhiliu/conversations/islands/lib/read-marks";
import type { Said } from "../../../zhiliu/conversations/islands/lib/said";
import { type Asked, find, live, page, serve, settle } from "../../islands";
import { conversationWords } from "./words";

const ME = 7;
let asked: Asked[];
let opened: string[];
let marks: ReadMarks | undefined;
let list: MessageList;

beforeEach(() => {
  document.documentElement.lang = "en";
  opened = [];
  asked = serve(() => ({ said: `${asked.length} of 9` }));
});

afterEach(() => marks?.stop());

function message(number: number, by: number, more = ""): string {
  return `<div class="said"><article class="message" id="message-${number}" data-id="${number}" data-number="${number}" data-changed="${number}" data-by="${by}" data-moment="1793000000" data-day="2026-10-26" ${more}></article></div>`;
}

async function open(given: Marks, ...messages: string[]): Promise<void> {
  await page(`${conversationWords()}<div class="messages">${messages.join("")}</div>`);
  list = new MessageList(find(".messages"), 0, {}, ME, new Moments("Asia/Shanghai"));
  marks = new ReadMarks(list, 3, given, (address) => opened.push(address));
  await settle();
}

/** The second message, as it comes from the server. */
function come(changed: number, more = ""): Said {
  const attributes = `data-id="2" data-number="2" data-changed="${changed}" data-by="${ME}" data-moment="1793000000" data-day="2026-10-26" ${more}`;
  return { id: 2, number: 2, changed, root: null, html: `<article class="message" id="message-2" ${attributes}></article>` };
}

/** Each mark with the number of the message above it. */
function shown(): string[] {
  return [...document.querySelectorAll(".read-mark")].map((mark) => `${(mark.previousElementSibling as HTMLElement).dataset.number}: ${mark.textContent}`);
}

test("in a talk of two the last message the other has read is marked", async () => {
  await open({ kind: "pair", read: { 4: 2 } }, message(1, ME), message(2, ME), message(3, ME));
  expect(shown()).toEqual(["2: Read"]);
  live("seen", { channel: 3, by: 4, read: 3 });
  expect(shown()).toEqual(["3: Read"]);
  live("seen", { channel: 3, by: 4, read: 1 });
  expect(shown()).toEqual(["3: Read"]);
});

test("what others wrote and what was deleted is not marked", async () => {
  await open({ kind: "pair", read: { 4: 3 } }, message(1, ME), message(2, 4), message(3, ME).replace('"message"', '"message gone"'));
  expect(shown()).toEqual(["1: Read"]);
});

test("in a group it is told how many have read, and who", async () => {
  await open({ kind: "group", read: { 4: 2, 5: 1 } }, message(1, ME), message(2, ME));
  expect(shown()).toEqual(["2: Read by 1"]);
  live("seen", { channel: 3, by: 5, read: 2 });
  expect(shown()).toEqual(["2: Read by 2"]);
  find(".read-mark button").click();
  expect(opened).toEqual(["/messages/2/readers/"]);
});

test("of who does not show it, and of other channels, nothing is heard", async () => {
  await open({ kind: "pair", read: {} }, message(1, ME));
  live("seen", { channel: 3, by: 4, read: 1 });
  live("seen", { channel: 8, by: 4, read: 1 });
  expect(shown()).toEqual([]);
  await open({ kind: "pair", read: { 4: 0 } }, message(1, ME));
  live("seen", { channel: 8, by: 4, read: 1 });
  expect(shown()).toEqual([]);
  marks?.hasRead(4, 2);
  expect(shown()).toEqual(["1: Read"]);
});

test("in a channel one's own message to everybody tells how many have read it, once for many at the same moment", async () => {
  vi.useFakeTimers();
  await open({ kind: "channel" }, message(1, ME, "data-calls-all"), message(2, ME), message(3, 4, "data-calls-all"));
  expect([shown(), asked.map(({ url }) => url.pathname)]).toEqual([["1: 1 of 9"], ["/messages/1/readers/"]]);
  for (let turn = 0; turn < 3; turn++) live("seen", { channel: 3, message: 1 });
  live("seen", { channel: 3, message: 99 });
  await vi.advanceTimersByTimeAsync(1000);
  expect([shown(), asked.length]).toEqual([["1: 2 of 9"], 2]);
  find(".read-mark button").click();
  expect(opened).toEqual(["/messages/1/readers/"]);
});

test("what was missed without a stream is caught up with", async () => {
  await open({ kind: "pair", read: { 4: 1 } }, message(1, ME), message(2, ME));
  marks?.caughtUp({ kind: "pair", read: { 4: 2 } });
  expect(shown()).toEqual(["2: Read"]);
  vi.useFakeTimers();
  await open({ kind: "channel" }, message(1, ME, "data-calls-all"));
  marks?.caughtUp({ kind: "channel" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown()).toEqual(["1: 2 of 9"]);
});

test("a refused question is asked once and leaves no mark", async () => {
  serve(() => new Response("{}", { status: 403 }));
  await open({ kind: "channel" }, message(1, ME, "data-calls-all"));
  marks?.show();
  expect(shown()).toEqual([]);
});

test("a message that comes is marked, one that is replaced keeps its mark", async () => {
  await open({ kind: "pair", read: { 4: 9 } }, message(1, ME));
  list.apply(come(2));
  await settle();
  expect(shown()).toEqual(["2: Read"]);
  list.apply(come(3));
  expect(shown()).toEqual(["2: Read"]);
});

test.each(["", "gone"])("a message that calls nobody any more loses its mark (%s)", async (gone) => {
  await open({ kind: "channel" }, message(1, ME), message(2, ME, "data-calls-all"));
  expect(shown()).toEqual(["2: 1 of 9"]);
  const changed = come(3, gone && "data-calls-all");
  list.apply({ ...changed, html: changed.html?.replace('"message"', `"message ${gone}"`) });
  marks?.show();
  expect(shown()).toEqual([]);
});

test("of somebody who shows nothing any more nothing is shown, and to oneself neither", async () => {
  await open({ kind: "group", read: { 4: 2, 5: 2 } }, message(2, ME));
  marks?.caughtUp({ kind: "group", read: { 5: 2 } });
  expect(shown()).toEqual(["2: Read by 1"]);
  marks?.caughtUp(null);
  live("seen", { channel: 3, by: 5, read: 2 });
  expect(shown()).toEqual([]);
});
