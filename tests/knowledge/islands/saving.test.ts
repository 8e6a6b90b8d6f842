import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drafts, release } from "../../../zhiliu/kit/islands/lib/drafts";
import { Saver, type Text, type Theirs } from "../../../zhiliu/knowledge/islands/lib/saving";
import { type Asked, later, serve, settle } from "../../islands";

const KEY = "article-3";
let text: Text;
let told: string[];
let saver: Saver;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  release(KEY);
  text = { title: "冷库", claim: "", markdown: "old" };
  told = [];
  saver = new Saver("/articles/3/save/", KEY, 4, { failed: "Not saved", signedOut: "Sign in" }, {
    read: () => ({ ...text }),
    saving: () => told.push("saving"),
    saved: (said) => told.push(said),
    failed: (sentence) => told.push(sentence),
    conflict: (theirs) => told.push(`theirs ${theirs.version}`),
  });
});

afterEach(() => saver.close());

/** The server takes everything. */
function taking(): Asked[] {
  let version = 4;
  return serve(() => ({ version: ++version, said: "Saved" }));
}

function write(markdown: string): void {
  text.markdown = markdown;
  saver.changed();
}

function sent(asked: Asked[]): unknown[] {
  return asked.map(({ body }) => [body["version"], body["markdown"]]);
}

function kept(): unknown[] {
  return drafts(KEY).map((entry) => [entry.text["markdown"], entry.text["version"], entry.text["base"]]);
}

test("it saves after two and a half seconds of quiet, once, on the version it knows", async () => {
  const asked = taking();
  write("a");
  await vi.advanceTimersByTimeAsync(2499);
  write("ab");
  await vi.advanceTimersByTimeAsync(2499);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await settle();
  expect([sent(asked), saver.version, saver.base, told]).toEqual([[["4", "ab"]], 5, "ab", ["saving", "Saved"]]);
});

test("what is typed is on this device until the server has it", async () => {
  taking();
  write("a");
  vi.advanceTimersByTime(400);
  expect(kept()).toEqual([["a", "4", "old"]]);
  await vi.advanceTimersByTimeAsync(3000);
  await settle();
  expect(kept()).toEqual([]);
});

test("a text that is again what the server has is neither kept nor sent", async () => {
  const asked = taking();
  write("a");
  vi.advanceTimersByTime(400);
  write("old");
  await vi.advanceTimersByTimeAsync(3000);
  expect([asked, kept()]).toEqual([[], []]);
});

test("what is typed while a text is on its way is sent after it, on its version", async () => {
  const first = later<unknown>();
  const asked = serve(({ body }) => (body["markdown"] === "a" ? first.answer : { version: 6, said: "Saved" }));
  write("a");
  void saver.save();
  write("ab");
  void saver.save();
  await settle();
  expect(sent(asked)).toEqual([["4", "a"]]);
  first.give({ version: 5, said: "Saved" });
  await settle();
  expect([sent(asked), saver.version]).toEqual([[["4", "a"], ["5", "ab"]], 6]);
});

test("on a dead line it says so, keeps the text and tries again after twelve seconds", async () => {
  serve(() => new Error("dead"));
  write("a");
  await saver.save();
  expect([told, kept()]).toEqual([["saving", "Not saved"], [["a", "4", "old"]]]);
  const asked = taking();
  await vi.advanceTimersByTimeAsync(11_999);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await settle();
  expect([sent(asked), kept()]).toEqual([[["4", "a"]], []]);
});

test("when the line is back it saves at once", async () => {
  serve(() => new Error("dead"));
  write("a");
  await saver.save();
  const asked = taking();
  dispatchEvent(new Event("online"));
  await settle();
  expect(sent(asked)).toEqual([["4", "a"]]);
});

test.each([
  ["a reason", () => Response.json({ error: "Too long." }, { status: 422 }), "Too long."],
  ["no reason", () => new Response("", { status: 500 }), "Not saved"],
  ["the page of the sign-in", () => Object.defineProperty(new Response(""), "type", { value: "opaqueredirect" }), "Sign in"],
])("refused with %s it says %s", async (_name, answer, sentence) => {
  serve(answer);
  write("a");
  await saver.save();
  expect([told, saver.version]).toEqual([["saving", sentence], 4]);
});

test("where somebody else has saved nothing more is sent until the writer has decided, and then on their version", async () => {
  const theirs: Theirs = { title: "", claim: "", markdown: "theirs", html: "", version: 9 };
  const asked = serve(({ body }) => (body["version"] === "4" ? Response.json(theirs, { status: 409 }) : { version: 10, said: "Saved" }));
  write("a");
  await saver.save();
  write("ab");
  await vi.advanceTimersByTimeAsync(20_000);
  expect([sent(asked), told, kept()]).toEqual([[["4", "a"]], ["saving", "theirs 9"], [["ab", "4", "old"]]]);
  text.markdown = "old";
  await saver.goOn(9);
  expect([sent(asked).at(-1), saver.version]).toEqual([["9", "old"], 10]);
});

test("a page that is closed saves no more", async () => {
  const asked = taking();
  write("a");
  saver.close();
  await vi.advanceTimersByTimeAsync(20_000);
  dispatchEvent(new Event("online"));
  expect(asked).toEqual([]);
});
