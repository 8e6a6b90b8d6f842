import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Outgoing, Outbox } from "../../../zhiliu/conversations/islands/lib/outbox";
import { type Asked, later, page, serve, settle } from "../../islands";
import { conversationWords } from "./words";

const URL_OF_CHANNEL = "/channels/3/messages/";
let outbox: Outbox;
let drawn: string[][];
let arrived: [string, string | undefined][];

beforeEach(async () => {
  vi.useFakeTimers();
  await page(conversationWords());
  outbox = open();
});

afterEach(() => outbox.stop());

function open(): Outbox {
  drawn = [];
  arrived = [];
  const draw = (waiting: Outgoing[]) => drawn.push(waiting.map((one) => one.client));
  return new Outbox(URL_OF_CHANNEL, "outbox", draw, (one, heldBack) => arrived.push([one.client, heldBack]));
}

function message(client: string, more: Partial<Outgoing> = {}): Outgoing {
  return { client, body: `body of ${client}`, root: 0, called: [], ...more };
}

function clients(asked: Asked[]): unknown[] {
  return asked.map(({ body }) => body["client"]);
}

function waiting(): [string, string | undefined][] {
  return outbox.waiting().map((one) => [one.client, one.refused]);
}

test("a message goes out with its client id, its thread and whom it calls", async () => {
  const asked = serve(() => ({}));
  outbox.put(message("a", { root: 9, called: [4] }), []);
  await settle();
  expect(asked.map(({ url, method, body }) => [url.pathname, method, body])).toEqual([
    [URL_OF_CHANNEL, "POST", { client: "a", body: "body of a", root: "9", called: "4" }],
  ]);
  expect([arrived, waiting()]).toEqual([[["a", undefined]], []]);
});

test("messages arrive in the order they were written, one after the other", async () => {
  const first = later<unknown>();
  const asked = serve(({ body }) => (body["client"] === "a" ? first.answer : {}));
  outbox.put(message("a"), []);
  outbox.put(message("b"), []);
  await settle();
  expect(clients(asked)).toEqual(["a"]);
  first.give({});
  await settle();
  expect([clients(asked), arrived.map(([client]) => client)]).toEqual([["a", "b"], ["a", "b"]]);
});

test("on a dead line a message is sent again with the same client id, each time later", async () => {
  let dead = true;
  const asked = serve(() => (dead ? new Error("dead") : {}));
  outbox.put(message("a"), []);
  await settle();
  const times = [];
  for (const wait of [999, 1, 1999, 1]) {
    await vi.advanceTimersByTimeAsync(wait);
    times.push(asked.length);
  }
  expect(times).toEqual([1, 2, 2, 3]);
  dead = false;
  await vi.advanceTimersByTimeAsync(4000);
  expect([new Set(clients(asked)), waiting(), arrived]).toEqual([new Set(["a"]), [], [["a", undefined]]]);
});

test("a server that is down is a dead line, and no refusal", async () => {
  serve(() => new Response("", { status: 502 }));
  outbox.put(message("a"), []);
  await settle();
  expect(waiting()).toEqual([["a", undefined]]);
});

test("waits grow to half a minute and no further", async () => {
  const asked = serve(() => new Error("dead"));
  outbox.put(message("a"), []);
  await vi.advanceTimersByTimeAsync(1000 + 2000 + 4000 + 8000 + 16_000);
  expect(asked.length).toBe(6);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(asked.length).toBe(6);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.length).toBe(7);
});

test("when the line is back nobody waits", async () => {
  let dead = true;
  serve(() => (dead ? new Error("dead") : {}));
  outbox.put(message("a"), []);
  await vi.advanceTimersByTimeAsync(10_000);
  dead = false;
  dispatchEvent(new Event("online"));
  await settle();
  expect(waiting()).toEqual([]);
});

test("a refused message stays with its reason, does not hold up the next one, and is sent again only when asked for", async () => {
  const asked = serve(({ body }) => (body["client"] === "a" ? Response.json({ error: "Too long." }, { status: 422 }) : {}));
  outbox.put(message("a"), []);
  outbox.put(message("b"), []);
  await settle();
  expect(waiting()).toEqual([["a", "Too long."]]);
  expect(clients(asked)).toEqual(["a", "b"]);
  outbox.again("a");
  await settle();
  expect(clients(asked)).toEqual(["a", "b", "a"]);
});

test("a refusal without a reason says that it failed", async () => {
  serve(() => new Response("", { status: 404 }));
  outbox.put(message("a"), []);
  await settle();
  expect(waiting()).toEqual([["a", "Not sent"]]);
});

test("a dropped message is not sent", async () => {
  const asked = serve(() => new Error("dead"));
  outbox.put(message("a"), []);
  await settle();
  outbox.drop("a");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked.length, waiting(), drawn.at(-1)]).toEqual([1, [], []]);
});

test("messages survive a reload, and go out in their order", async () => {
  serve(() => new Error("dead"));
  outbox.put(message("a"), []);
  outbox.put(message("b"), []);
  await settle();
  outbox.stop();
  outbox = open();
  const asked = serve(() => ({}));
  outbox.start();
  await settle();
  expect([clients(asked), waiting()]).toEqual([["a", "b"], []]);
});

test("what was refused because the session had ended goes out after signing in; other refusals stay", async () => {
  const signIn = Object.defineProperty(new Response("<!doctype html>"), "redirected", { value: true });
  serve(({ body }) => (body["client"] === "a" ? signIn : Response.json({ error: "No." }, { status: 403 })));
  outbox.put(message("a"), []);
  outbox.put(message("b"), []);
  await settle();
  expect(waiting()).toEqual([["a", "You are signed out"], ["b", "No."]]);
  outbox.stop();
  outbox = open();
  const asked = serve(() => ({}));
  outbox.start();
  await settle();
  expect([clients(asked), waiting()]).toEqual([["a"], [["b", "No."]]]);
});

test("held back by a moderator a message has arrived, and is said to wait", async () => {
  serve(() => ({ held: 5, said: "Somebody looks at it first." }));
  outbox.put(message("a"), []);
  await settle();
  expect([arrived, waiting()]).toEqual([[["a", "Somebody looks at it first."]], []]);
});

test("the row of a message that arrived stays until the message itself comes", async () => {
  serve(() => ({}));
  outbox.put(message("a"), []);
  await settle();
  expect(drawn).toEqual([["a"]]);
});

test("files go along, and leaving the page before they arrived is asked about", async () => {
  const answer = later<unknown>();
  const asked = serve(() => answer.answer);
  outbox.put(message("a"), [new File(["x"], "图.png")]);
  await settle();
  expect((asked[0]?.body["files"] as File).name).toBe("图.png");
  const leave = (): boolean => !dispatchEvent(new Event("beforeunload", { cancelable: true }));
  expect(leave()).toBe(true);
  answer.give({});
  await settle();
  expect(leave()).toBe(false);
});

test("a page that is left does not go on sending", async () => {
  const asked = serve(() => new Error("dead"));
  outbox.put(message("a"), []);
  outbox.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(1);
});

test("another tab leaves a message to the page that holds its files", async () => {
  const answer = later<unknown>();
  const asked = serve(() => answer.answer);
  outbox.put(message("a"), [new File(["x"], "x.txt")]);
  await settle();
  const other = open();
  other.start();
  await settle();
  expect([clients(asked), waiting()]).toEqual([["a"], [["a", undefined]]]);
  other.stop();
  answer.give({});
  await settle();
  expect(outbox.waiting()).toEqual([]);
});

test("files that went with their page are missed, and the text goes without them only when asked for", async () => {
  serve(() => new Error("dead"));
  outbox.put(message("a"), [new File(["x"], "x.txt")]);
  outbox.put(message("b"), []);
  await settle();
  window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
  outbox.stop();
  const asked = serve(() => ({}));
  outbox = open();
  outbox.start();
  await settle();
  expect([clients(asked), waiting()]).toEqual([["b"], [["a", "filesLost"]]]);
  outbox.again("a");
  await settle();
  expect([clients(asked), asked[1]?.body["files"], waiting()]).toEqual([["b", "a"], undefined, []]);
});

test("a page that is only put aside keeps its files", async () => {
  serve(() => new Error("dead"));
  outbox.put(message("a"), [new File(["x"], "x.txt")]);
  await settle();
  window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
  expect(waiting()).toEqual([["a", undefined]]);
});

test("files of a page that broke off are missed after ten minutes", async () => {
  serve(() => new Error("dead"));
  outbox.put(message("a"), [new File(["x"], "x.txt")]);
  await settle();
  outbox.stop();
  outbox = open();
  vi.advanceTimersByTime(600_000);
  outbox.start();
  expect(waiting()).toEqual([["a", undefined]]);
  vi.advanceTimersByTime(1);
  outbox.start();
  expect(waiting()).toEqual([["a", "filesLost"]]);
});

test("each file goes out with its length, which only a measured recording has", async () => {
  const asked: unknown[] = [];
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const data = init.body as FormData;
    asked.push([data.getAll("files").map((file) => (file as File).name), data.getAll("seconds")]);
    return Response.json({});
  });
  outbox.put(message("a"), [new File(["x"], "a.png"), new File(["y"], "b.webm", { type: "audio/webm" })]);
  await settle();
  expect(asked).toEqual([[["a.png", "b.webm"], ["", ""]]]);
});
