import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MessageList } from "../../../zhiliu/conversations/islands/lib/message-list";
import { Moments } from "../../../zhiliu/conversations/islands/lib/moments";
import { ReaderPlace } from "../../../zhiliu/conversations/islands/lib/reader-place";
import { type Asked, find, page, serve, settle } from "../../islands";
import { conversationWords } from "./words";

let asked: Asked[];
let answer: unknown;
let place: ReaderPlace;

beforeEach(async () => {
  document.documentElement.lang = "en";
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal("ResizeObserver", class {
    observe(): void {}
    disconnect(): void {}
  });
  answer = new Response(null, { status: 204 });
  asked = serve(() => answer);
  await page(`${conversationWords()}<main><div class="messages">${message(1)}${message(2)}${message(3)}</div></main>`);
  const list = new MessageList(find(".messages"), 0, {}, 7, new Moments("UTC"));
  place = new ReaderPlace(find("main"), list, { messages: "/messages/", mark: "/mark/" }, 1, undefined);
  see(2);
});

afterEach(() => place.stop());

function message(number: number): string {
  return `<div class="said"><article class="message" id="message-${number}" data-id="${number}" data-number="${number}" data-by="8" data-moment="1793000000" data-day="2026-10-26"></article></div>`;
}

/** The window ends below this message. */
function see(last: number): void {
  for (const article of document.querySelectorAll<HTMLElement>(".message")) {
    article.getBoundingClientRect = () => ({ bottom: Number(article.dataset.number) <= last ? 10 : 9999 }) as DOMRect;
  }
}

/** What the reader has read, as it was told. */
async function told(): Promise<unknown[]> {
  await settle();
  return asked.map(({ body }) => body["number"]);
}

test("what comes into the window is read, told once", async () => {
  for (let turn = 0; turn < 2; turn++) document.dispatchEvent(new Event("visibilitychange"));
  expect(await told()).toEqual(["2"]);
  see(3);
  place.came(1, false);
  expect(await told()).toEqual(["2", "3"]);
});

test("what was read without a line is told when there is one again", async () => {
  answer = new Error("dead");
  dispatchEvent(new Event("online"));
  await settle();
  answer = new Response(null, { status: 204 });
  for (let turn = 0; turn < 2; turn++) dispatchEvent(new Event("online"));
  expect(await told()).toEqual(["2", "2"]);
});

test("after a refusal it is not told again", async () => {
  answer = new Response("{}", { status: 403 });
  dispatchEvent(new Event("online"));
  await settle();
  dispatchEvent(new Event("online"));
  expect(await told()).toEqual(["2"]);
});

test("who leaves messages unread on a dying line has not read them", async () => {
  answer = new Error("dead");
  dispatchEvent(new Event("online"));
  place.leaveUnread();
  await settle();
  dispatchEvent(new Event("online"));
  expect(await told()).toEqual(["2"]);
});
