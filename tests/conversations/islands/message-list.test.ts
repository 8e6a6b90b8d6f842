import { beforeEach, expect, test, vi } from "vitest";
import { MessageList } from "../../../zhiliu/conversations/islands/lib/message-list";
import { Moments } from "../../../zhiliu/conversations/islands/lib/moments";
import type { Mine, Said } from "../../../zhiliu/conversations/islands/lib/said";
import { Writers } from "../../../zhiliu/conversations/islands/lib/writers";
import { find, page, texts } from "../../islands";
import { conversationWords } from "./words";

const NOON = Date.parse("2026-11-29T12:00:00Z") / 1000;

beforeEach(async () => {
  vi.useFakeTimers({ now: NOON * 1000 });
  vi.stubGlobal("scrollBy", () => undefined);
  document.documentElement.lang = "en";
});

interface Wanted {
  by?: number;
  at?: number;
  root?: number | null;
  text?: string;
  client?: string;
  changed?: number;
}

/** A message as the server sends it; its number is its id. */
function said(id: number, { by = 8, at = NOON, root = null, text = `message ${id}`, client, changed = id }: Wanted = {}): Said {
  const rootAttribute = root === null ? "" : `data-root="${root}"`;
  const html = `<article class="message" id="message-${id}" data-id="${id}" data-number="${id}" data-by="${by}" data-moment="${at}" data-changed="${changed}" ${rootAttribute}><p>${text}</p><button class="reaction" data-what="+1">+1</button></article>`;
  return { id, number: id, changed, root, client, html };
}

async function list(root = 0, mine: Record<string, Mine> = {}, newer = false): Promise<MessageList> {
  await page(`${conversationWords()}<div class="messages"></div>`);
  return new MessageList(find(".messages"), root, mine, 7, new Moments("UTC"), { older: false, newer });
}

/** Days, and messages with a star where they follow the one before without a head. */
function rows(): string[] {
  return [...document.querySelectorAll(".messages > *")].map((row) => `${row.classList.contains("run") ? "*" : ""}${(row.querySelector("p") ?? row).textContent}`);
}

test("new messages come at the end, what was there already is not doubled", async () => {
  const messages = await list();
  expect([messages.apply(said(1)), messages.apply(said(2)), messages.apply(said(2))]).toEqual([true, true, false]);
  expect([rows(), messages.first(), messages.last()]).toEqual([["today", "message 1", "*message 2"], 1, 2]);
});

test("a changed message takes the place of its old form, an older form does not", async () => {
  const messages = await list();
  messages.apply(said(1));
  messages.apply(said(1, { text: "mended", changed: 5 }));
  messages.apply(said(1, { text: "late", changed: 4 }));
  expect(rows()).toEqual(["today", "mended"]);
});

test("messages of a thread stay out of the channel, and the channel's out of the thread", async () => {
  const channel = await list();
  expect([channel.apply(said(2, { root: 1 })), rows()]).toEqual([false, []]);
  const thread = await list(1);
  expect([thread.apply(said(3)), thread.apply(said(2, { root: 1 })), rows()]).toEqual([false, true, ["today", "message 2"]]);
});

test("while newer ones are not loaded, what comes in is not put behind a gap", async () => {
  const messages = await list(0, {}, true);
  expect([messages.apply(said(9)), rows()]).toEqual([false, []]);
});

test("a head stands where the author changes, after five minutes, and on another day", async () => {
  const messages = await list();
  messages.add([said(1), said(2, { at: NOON + 299 }), said(3, { at: NOON + 599 }), said(4, { at: NOON + 600, by: 7 }), said(5, { at: NOON + 86_400, by: 7 })], "end");
  expect(rows()).toEqual(["today", "message 1", "*message 2", "message 3", "message 4", "tomorrow", "message 5"]);
});

test("older messages come in front, under days of their own", async () => {
  const messages = await list();
  messages.apply(said(5));
  messages.add([said(1, { at: NOON - 86_400 }), said(4)], "start");
  expect(rows()).toEqual(["yesterday", "message 1", "today", "message 4", "*message 5"]);
});

test("the message takes the place of its row on the way, which stands last", async () => {
  const messages = await list();
  find(".messages").innerHTML = '<div class="said waiting" data-client="a">on its way</div><div class="said waiting" data-client="b">behind it</div>';
  messages.apply(said(1, { by: 7, client: "a" }));
  expect(rows()).toEqual(["today", "message 1", "behind it"]);
});

test("of more than four hundred rows those far from the reader go, and can be fetched again", async () => {
  const messages = await list();
  messages.add(Array.from({ length: 400 }, (_, index) => said(index + 1)), "end");
  expect(messages.first()).toBe(1);
  messages.apply(said(401));
  expect([messages.first(), messages.last(), messages.older, messages.newer]).toEqual([121, 401, true, false]);
  messages.add(Array.from({ length: 120 }, (_, index) => said(index + 1)), "start");
  expect([messages.first(), messages.last(), messages.older, messages.newer]).toEqual([1, 281, true, true]);
});

test("what is the reader's own is put to a message that is drawn the same for all", async () => {
  const messages = await list(0, { 1: { reactions: ["+1"], bookmark: true } });
  messages.apply(said(1));
  messages.apply(said(2, { by: 7 }));
  const look = (id: number) => [find(`#message-${id} .reaction`).getAttribute("aria-pressed"), find(`#message-${id}`).hasAttribute("data-kept"), find(`#message-${id}`).classList.contains("own")];
  expect([look(1), look(2)]).toEqual([["true", true, false], ["false", false, true]]);
  messages.put(2, { reactions: ["+1"] });
  expect(look(2)).toEqual(["true", false, true]);
});

test("every message has a button for its acts, deleted ones have none", async () => {
  const messages = await list();
  messages.apply(said(1));
  messages.apply({ ...said(2), html: said(2).html?.replace('class="message"', 'class="message gone"') });
  messages.put(1, { bookmark: true });
  const buttons = [...document.querySelectorAll<HTMLElement>(".message-more")];
  expect(buttons.map((button) => [button.closest("article")?.id, button.dataset["act"], button.getAttribute("aria-label")])).toEqual([["message-1", "more", "Actions for this message"]]);
});

test("the message a thread stands under shows what is one's own, too, and a reply of today its day", async () => {
  const root = said(1, { at: NOON - 9 * 86_400 }).html?.replace("data-id", 'data-day="2026-11-20" data-id');
  await page(`${conversationWords()}<div class="messages"><div class="said">${root}</div></div>`);
  const thread = new MessageList(find(".messages"), 1, { 1: { reactions: ["+1"] } }, 7, new Moments("UTC"));
  expect(find("#message-1 .reaction").getAttribute("aria-pressed")).toBe("true");
  thread.apply(said(2, { root: 1 }));
  expect(rows()).toEqual([expect.stringContaining("20"), "message 1", "today", "message 2"]);
});

test("who writes is said for five seconds, or until what they wrote is there", async () => {
  await page(`${conversationWords()}<i id="line"></i><article id="message-3" data-by="9"></article>`);
  const writers = new Writers(find("#line"));
  const line = () => texts("#line")[0];
  writers.saw(8, "Wang Fang");
  expect(line()).toBe("Wang Fang is writing");
  vi.advanceTimersByTime(3000);
  writers.saw(9, "Li Qiang");
  expect(line()).toBe("Wang Fang, Li Qiang is writing");
  writers.saw(10, "Zhao Min");
  expect(line()).toBe("Several people are writing");
  writers.said([said(3)]);
  expect(line()).toBe("Wang Fang, Zhao Min is writing");
  vi.advanceTimersByTime(3000);
  expect(line()).toBe("Zhao Min is writing");
  vi.advanceTimersByTime(3000);
  expect(line()).toBe("");
  writers.stop();
});

test("a recording somebody listens to plays on when its message changes, and one nobody has begun is replaced", async () => {
  const player = (name: string): string => `<div class="voice-message"><audio src="/${name}"></audio><button class="${name}">play</button></div>`;
  const html = (message: Said): Said => ({ ...message, html: message.html?.replace("</article>", `${player("heard")}${player("new")}</article>`) });
  const messages = await list();
  messages.apply(html(said(1)));
  const [heard, other] = [...document.querySelectorAll("audio")];
  Object.defineProperty(heard, "currentTime", { value: 12 });
  find(".heard").focus();
  messages.apply(html(said(1, { text: "liked", changed: 5 })));
  const [first, second] = [...document.querySelectorAll("audio")];
  expect([rows(), first === heard, second === other, document.activeElement]).toEqual([["today", "liked"], true, false, find(".heard")]);
});
