import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SharedDraft, type Unsent } from "../../../zhiliu/conversations/islands/lib/shared-draft";
import { release } from "../../../zhiliu/kit/islands/lib/drafts";
import { type Asked, addMeta, live, page, serve, settle } from "../../islands";
import { conversationWords } from "./words";

const URL_OF_TEXT = "/channels/3/unsent/";
let server: Unsent;
let asked: Asked[];
let text: string;
let offered: (string | undefined)[];
let draft: SharedDraft;
let isDead: boolean;
let count: number;

beforeEach(async () => {
  vi.useFakeTimers();
  await page(conversationWords());
  [server, text, offered, isDead, count] = [{ body: "", version: 0 }, "", [], false, 20];
  asked = serve(({ method, body }) => {
    if (isDead) return new Error("dead");
    if (method !== "POST") return server;
    // As the server does: what was made from another version changes nothing, and invisible characters go.
    const words = String(body["body"]).replace("\u200b", "");
    const kept = !server.version || Number(body["version"]) === server.version || words === server.body;
    if (kept && words !== server.body) server = words ? { body: words, version: (count += 1) } : { body: "", version: 0 };
    return { ...server, kept };
  });
  draft = open();
});

afterEach(() => draft.stop());

function open(root = 0): SharedDraft {
  return new SharedDraft(`channel-3-${root}`, { url: URL_OF_TEXT, root, text: () => text, put: (body) => (text = body), offer: (body) => offered.push(body) });
}

function type(words: string): void {
  text = words;
  draft.later();
}

async function pause(): Promise<void> {
  await vi.advanceTimersByTimeAsync(2000);
  await settle();
}

/** The page is loaded anew, with what the server has. */
function reload(): void {
  draft.stop();
  draft = open();
  draft.take(server);
}

function saved(): unknown[] {
  return asked.filter(({ method }) => method === "POST").map(({ body }) => body["body"]);
}

test("what is typed is saved once, after a pause", async () => {
  type("one");
  await vi.advanceTimersByTimeAsync(1000);
  type("one two");
  await pause();
  await pause();
  expect([saved(), server.body]).toEqual([["one two"], "one two"]);
});

test("another device finds it, and it follows what happens there", async () => {
  server = { body: "from the phone", version: 7 };
  draft.take(server);
  expect([text, saved()]).toEqual(["from the phone", []]);
  server = { body: "from the phone, more", version: 8 };
  live("unsent", { channel: 3, root: 0, version: 8 });
  await settle();
  expect(text).toBe("from the phone, more");
  server = { body: "", version: 0 };
  live("unsent", { channel: 3, root: 0, version: 0 });
  await settle();
  await pause();
  expect([text, saved()]).toEqual(["", []]);
});

test("its own saving, other channels and threads are no news", async () => {
  type("one");
  await pause();
  const before = asked.length;
  live("unsent", { channel: 3, root: 0, version: server.version });
  live("unsent", { channel: 30, root: 0, version: 99 });
  live("unsent", { channel: 3, root: 5, version: 99 });
  await settle();
  expect(asked.length).toBe(before);
});

test("words this device has not told yet win, and those of the other are offered", async () => {
  text = "mine";
  server = { body: "theirs", version: 7 };
  draft.take(server);
  await pause();
  expect([text, offered, saved()]).toEqual(["mine", ["theirs"], []]);
  expect(draft.decide()).toBe("theirs");
  await pause();
  expect([offered, server]).toEqual([["theirs", undefined], { body: "mine", version: 21 }]);
});

test("a save that came too late changes nothing and offers what is there", async () => {
  type("one");
  await pause();
  server = { body: "from the phone", version: 9 };
  type("one two");
  await pause();
  expect([text, server.body, offered]).toEqual(["one two", "from the phone", ["from the phone"]]);
});

test("what was typed without a line is saved by the next page, and never given up", async () => {
  isDead = true;
  type("offline");
  await pause();
  isDead = false;
  reload();
  expect(text).toBe("offline");
  await pause();
  expect(server.body).toBe("offline");
});

test("own words stay when the other device has sent or emptied its own", async () => {
  type("one");
  await pause();
  text = "one two";
  server = { body: "", version: 0 };
  reload();
  await pause();
  expect([text, server.body, offered]).toEqual(["one two", "one two", []]);
});

test("what is sent does not come back while the message is on its way", async () => {
  type("going");
  await pause();
  const { version } = server;
  expect(draft.sent()).toBe(version);
  text = "";
  live("unsent", { channel: 3, root: 0, version: 99 });
  await settle();
  reload();
  await pause();
  expect([text, saved()]).toEqual(["", ["going"]]);
  // The message has arrived and has taken the text with it.
  server = { body: "", version: 0 };
  reload();
  type("the next");
  await pause();
  expect(server.body).toBe("the next");
});

test("a text that was emptied without a line is removed later", async () => {
  type("one");
  await pause();
  text = "";
  reload();
  await pause();
  expect([text, server]).toEqual(["", { body: "", version: 0 }]);
});

test("sending beside an offer leaves the words of the other device where they are", async () => {
  text = "mine";
  server = { body: "theirs", version: 7 };
  draft.take(server);
  expect([draft.sent(), offered]).toEqual([0, ["theirs", undefined]]);
  text = "";
  reload();
  expect(text).toBe("theirs");
});

test("a colleague in the same browser agrees on nothing of it", async () => {
  type("one");
  await pause();
  addMeta("me", "8");
  [server, text] = [{ body: "", version: 0 }, ""];
  reload();
  await pause();
  expect([text, saved()]).toEqual(["", ["one"]]);
});

test("leaving the page saves at once, coming back asks", async () => {
  draft.later();
  text = "one";
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  expect(saved()).toEqual(["one"]);
  server = { body: "more", version: 5 };
  Object.defineProperty(document, "hidden", { configurable: true, get: () => false });
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  expect(text).toBe("more");
});

test("what is being saved while the page is left arrives", async () => {
  const keepalive: unknown[] = [];
  const answered = fetch;
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => (keepalive.push(init?.keepalive), answered(url, init)));
  type("one");
  await pause();
  expect(keepalive).toEqual([true]);
});

test("a thread names itself", async () => {
  draft.stop();
  draft = open(5);
  type("a reply");
  await pause();
  expect(asked.map(({ body }) => body)).toEqual([{ body: "a reply", version: "0", root: "5" }]);
});

test("invisible characters are no other words: they are saved once", async () => {
  type("copied\u200b words");
  await pause();
  await pause();
  reload();
  await pause();
  expect([text, offered, saved().length, server.body]).toEqual(["copied\u200b words", [], 1, "copied words"]);
});

test("an offer follows the other device, and goes when its words were sent there", async () => {
  text = "mine";
  server = { body: "theirs", version: 7 };
  draft.take(server);
  server = { body: "theirs, more", version: 8 };
  live("unsent", { channel: 3, root: 0, version: 8 });
  await settle();
  server = { body: "", version: 0 };
  live("unsent", { channel: 3, root: 0, version: 0 });
  await settle();
  await pause();
  expect([offered, text, server.body]).toEqual([["theirs", "theirs, more", undefined], "mine", "mine"]);
});

// -- two tabs ---------------------------------------------------------------------------------------------------------

/** A second tab of the same browser: it shares what the device stores, not what stands in its field. */
function secondTab(): { field: { text: string }; tab: SharedDraft } {
  const field = { text: "" };
  const tab = new SharedDraft("channel-3-0", { url: URL_OF_TEXT, root: 0, text: () => field.text, put: (body) => (field.text = body), offer: () => undefined });
  return { field, tab };
}

test("another tab shows what is typed here, and neither takes it away from the other", async () => {
  const { field, tab } = secondTab();
  type("one");
  await pause();
  live("unsent", { channel: 3, root: 0, version: server.version });
  await settle();
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  await pause();
  await pause();
  expect([text, field.text, server.body, saved()]).toEqual(["one", "one", "one", ["one"]]);
  server = { body: "", version: 0 };
  live("unsent", { channel: 3, root: 0, version: 0 });
  await settle();
  await pause();
  expect([text, field.text, saved()]).toEqual(["", "", ["one"]]);
  tab.stop();
});

test("a page that continues the words of another tab replaces none it has not seen", async () => {
  type("one");
  await pause();
  // The draft in the field was typed in another tab, and this one had agreed on the text of the server.
  release("channel-3-0");
  text = "two";
  reload();
  await pause();
  expect([text, offered, server.body]).toEqual(["two", ["one"], "one"]);
});
