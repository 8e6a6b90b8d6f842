import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Composer } from "../../../zhiliu/conversations/islands/lib/composer";
import { drafts, release } from "../../../zhiliu/kit/islands/lib/drafts";
import { type Asked, find, page, press, serve, settle, texts, type } from "../../islands";
import { conversationWords } from "./words";

const KEY = "channel-3-0";
const FORM = `<form><textarea></textarea><input type="file"><ul data-files hidden></ul><p data-editing hidden></p>
  <p data-quoting hidden><b data-quoted-author></b> <span data-quoted-words></span></p>
  <details data-later open><button name="due" value="monday">Monday</button><input type="datetime-local" data-due><button data-own>At</button></details>
  <button id="send">Send</button></form>`;

let put: unknown[];
let done: unknown[];
let asked: Asked[];
let composer: Composer;

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000 });
  release(KEY);
  [put, done] = [[], []];
  asked = serve(() => ({ said: "Done" }));
  await open();
});

afterEach(() => composer.stop());

async function open(root = ""): Promise<void> {
  composer?.stop();
  await page(`${conversationWords()}<div id="toasts"></div>${FORM.replace("<form>", `<form ${root}>`)}`);
  const form = find<HTMLFormElement>("form");
  composer = new Composer(
    form,
    {
      completion: "/people/",
      commands: "/commands/",
      typing: "/typing/",
      later: "/later/",
      put: (body, root, called, files, quotes) => put.push([body, root, called, files.map((file) => file.name), ...(quotes ? [quotes] : [])]),
      done: (reply) => done.push(reply),
    },
    3,
  );
}

function kept(): unknown[] {
  return drafts(KEY).map((entry) => entry.text["body"]);
}

function drop(...names: string[]): void {
  const files = names.map((name) => new File(["x"], name));
  find("form").dispatchEvent(Object.assign(new Event("drop", { cancelable: true }), { dataTransfer: { files } }));
}

function sent(path: string): unknown[] {
  return asked.filter(({ url }) => url.pathname === path).map(({ body }) => body);
}

/** The different names commands went out with. */
function clients(): string[] {
  return [...new Set((sent("/commands/") as { client: string }[]).map(({ client }) => client))];
}

test("Enter hands the text over, trimmed, and empties field and draft", () => {
  type(composer.field, " 冷库 \n");
  expect(kept()).toEqual([" 冷库 \n"]);
  expect(press(composer.field, "Enter")).toBe(true);
  expect([put, composer.field.value, kept()]).toEqual([[["冷库", 0, [], []]], "", []]);
});

test.each([[{ shiftKey: true }], [{ altKey: true }], [{ isComposing: true }], [{ keyCode: 229 }]])("Enter with %j sends nothing", (init) => {
  type(composer.field, "冷库");
  expect([press(composer.field, "Enter", init), put]).toEqual([false, []]);
});

test("on touch Enter breaks the line, and Ctrl Enter sends", () => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  type(composer.field, "冷库");
  expect([press(composer.field, "Enter"), put.length]).toEqual([false, 0]);
  press(composer.field, "Enter", { ctrlKey: true });
  expect(put.length).toBe(1);
});

test("white space is no message", () => {
  type(composer.field, " \n ");
  press(composer.field, "Enter");
  expect(put).toEqual([]);
});

test("what was typed before stands in the field again", async () => {
  type(composer.field, "冷库");
  await open();
  expect(composer.field.value).toBe("冷库");
});

test("what was sent is gone from every tab that showed it, other words of theirs stay", async () => {
  for (const words of ["冷库", "别的"]) {
    release(KEY);
    type(composer.field, words);
  }
  release(KEY);
  await open();
  release(KEY);
  type(composer.field, "冷库");
  press(composer.field, "Enter");
  expect([kept(), put.length]).toEqual([["别的"], 1]);
});

test("in a thread messages belong to it, and its draft is its own", async () => {
  await open('data-root="9"');
  type(composer.field, "reply");
  expect(kept()).toEqual([]);
  press(composer.field, "Enter");
  expect(put).toEqual([["reply", 9, [], []]]);
});

test("whoever types is told about at most every three seconds, and never with an empty field", async () => {
  type(composer.field, "");
  type(composer.field, "a");
  type(composer.field, "ab");
  expect(sent("/typing/").length).toBe(1);
  vi.advanceTimersByTime(3000);
  type(composer.field, "abc");
  expect(sent("/typing/").length).toBe(2);
});

test.each(["/poll Lunch?", "/leave", "/邀请 @王芳"])("%j is a command", async (line) => {
  type(composer.field, line);
  press(composer.field, "Enter");
  await settle();
  expect([sent("/commands/").length, put, done, composer.field.value]).toEqual([1, [], [{ said: "Done" }], ""]);
});

test.each(["/usr/bin", "//poll", " /poll", "1/2", "/"])("%j is a message", (line) => {
  type(composer.field, line);
  press(composer.field, "Enter");
  expect([sent("/commands/"), put.length]).toEqual([[], 1]);
});

test("a command that was refused stays in the field with the reason, and is another one next time", async () => {
  asked = serve(() => Response.json({ error: "No such command." }, { status: 422 }));
  type(composer.field, "/nothing");
  press(composer.field, "Enter");
  await settle();
  expect([composer.field.value, texts(".toast")]).toEqual(["/nothing", ["No such command."]]);
  press(composer.field, "Enter");
  await settle();
  expect(clients().length).toBe(2);
});

test("a command on a dead line is the same command when it is sent again", async () => {
  asked = serve(() => new Error("dead"));
  type(composer.field, "/poll Lunch?");
  press(composer.field, "Enter");
  await settle();
  press(composer.field, "Enter");
  await settle();
  expect([sent("/commands/").length, clients().length]).toEqual([2, 1]);
});

test("a message with files cannot be sent later", async () => {
  drop("a.png");
  find("[name=due]").click();
  await settle();
  expect([sent("/later/"), put, texts(".toast")]).toEqual([[], [], ["filesLater"]]);
});

test("a message for later goes with its time", async () => {
  type(composer.field, "冷库");
  find("[name=due]").click();
  await settle();
  expect(sent("/later/")).toEqual([{ body: "冷库", due: "monday", client: expect.stringMatching(/^[0-9a-f-]{36}$/) as string }]);
  expect([composer.field.value, find("details").hasAttribute("open"), put]).toEqual(["", false, []]);
});

test("Enter in the field of the time means the button beside it, which wants a time", async () => {
  type(composer.field, "冷库");
  press(find("[data-due]"), "Enter");
  expect([texts(".toast"), put]).toEqual([["whenLater"], []]);
  find<HTMLInputElement>("[data-due]").value = "2026-11-30T09:00";
  press(find("[data-due]"), "Enter");
  await settle();
  expect((sent("/later/") as { due: string }[]).map(({ due }) => due)).toEqual(["2026-11-30T09:00"]);
});

test("changing a message leaves what was being written, also when one changes another in between", async () => {
  type(composer.field, "half");
  composer.edit(5, "five");
  composer.edit(6, "six");
  expect([composer.field.value, find("[data-editing]").hidden, kept()]).toEqual(["six", false, ["half"]]);
  type(composer.field, "six, mended");
  press(composer.field, "Enter");
  await settle();
  expect([sent("/messages/6/"), composer.field.value, find("[data-editing]").hidden, kept()]).toEqual([[{ body: "six, mended" }], "half", true, ["half"]]);
});

test("Escape ends the change of a message; without one it leads to the messages", () => {
  const leads = vi.fn();
  find("form").addEventListener("to-messages", leads);
  type(composer.field, "half");
  composer.edit(5, "five");
  press(composer.field, "Escape");
  expect([composer.field.value, leads.mock.calls.length]).toEqual(["half", 0]);
  press(composer.field, "Escape");
  expect(leads.mock.calls.length).toBe(1);
});

test("an arrow up in the empty field changes one's last message", () => {
  const edits = vi.fn();
  find("form").addEventListener("edit-last", edits);
  press(composer.field, "ArrowUp");
  type(composer.field, "a");
  press(composer.field, "ArrowUp");
  expect(edits.mock.calls.length).toBe(1);
});

test("dropped files go along with the message, unless they are taken away", () => {
  drop("a.png", "b.png");
  drop("c.png");
  find("[data-files] li:nth-child(2) button").click();
  press(composer.field, "Enter");
  expect([put, find("[data-files]").hidden]).toEqual([[["", 0, [], ["a.png", "c.png"]]], true]);
});

test("leaving the page is asked about while files wait in the field, words are kept", () => {
  const leave = (): boolean => !dispatchEvent(new Event("beforeunload", { cancelable: true }));
  type(composer.field, "冷库");
  expect(leave()).toBe(false);
  drop("a.png");
  expect(leave()).toBe(true);
  press(composer.field, "Enter");
  expect(leave()).toBe(false);
  drop("b.png");
  composer.stop();
  expect(leave()).toBe(false);
});

test("whom one chose is called, if their name is still in the text", async () => {
  serve(({ url }) => (url.pathname === "/people/" ? [{ value: 4, label: "王芳" }] : {}));
  for (const rest of ["看看", ""]) {
    type(composer.field, "请@王");
    await vi.advanceTimersByTimeAsync(120);
    press(composer.field, "Enter");
    type(composer.field, rest ? `${composer.field.value}${rest}` : "nobody");
    press(composer.field, "Enter");
  }
  expect(put).toEqual([["请@王芳 看看", 0, [4], []], ["nobody", 0, [], []]]);
});

test("a chosen picture is shown small, other files and pictures the browser cannot draw by name", () => {
  URL.createObjectURL = () => "blob:picture";
  URL.revokeObjectURL = vi.fn();
  const files = [new File(["x"], "a.png", { type: "image/png" }), new File(["x"], "b.pdf", { type: "application/pdf" }), new File(["x"], "c.heic", { type: "image/heic" })];
  find("form").dispatchEvent(Object.assign(new Event("drop", { cancelable: true }), { dataTransfer: { files } }));
  document.querySelectorAll("[data-files] img")[1]?.dispatchEvent(new Event("error"));
  const shown = [...document.querySelectorAll("[data-files] li")].map((row) => row.querySelector("img")?.alt ?? `name ${row.textContent}`);
  expect(shown).toEqual(["a.png", "name b.pdf", "name c.heic"]);
  find("[data-files] button").click();
  expect(document.querySelectorAll("[data-files] li").length).toBe(2);
});

// -- quoting ----------------------------------------------------------------------------------------------------------

const QUOTE = { id: 41, who: "Wang Fang", words: "which door" };

test("what is quoted stands above the field, and goes out once", () => {
  composer.quote(QUOTE);
  const line = find("[data-quoting]");
  expect([line.hidden, line.textContent, document.activeElement]).toEqual([false, "Wang Fang which door", composer.field]);
  type(composer.field, "the left one");
  press(composer.field, "Enter");
  expect([put, line.hidden]).toEqual([[["the left one", 0, [], [], 41]], true]);
  type(composer.field, "and the right one");
  press(composer.field, "Enter");
  expect(put[1]).toEqual(["and the right one", 0, [], []]);
});

test("another quotation takes the place of the first; Escape takes it away and keeps the words", () => {
  type(composer.field, "the left one");
  composer.quote(QUOTE);
  composer.quote({ ...QUOTE, id: 42, who: "Li Qiang" });
  expect(find("[data-quoted-author]").textContent).toBe("Li Qiang");
  press(composer.field, "Escape");
  expect([find("[data-quoting]").hidden, composer.field.value]).toEqual([true, "the left one"]);
  press(composer.field, "Enter");
  expect(put).toEqual([["the left one", 0, [], []]]);
});

test("a quotation is kept with the draft", async () => {
  composer.quote(QUOTE);
  type(composer.field, "the left one");
  await open();
  expect([composer.field.value, find("[data-quoting]").hidden]).toEqual(["the left one", false]);
  press(composer.field, "Enter");
  expect(put).toEqual([["the left one", 0, [], [], 41]]);
});

test("a quotation cannot be scheduled", () => {
  composer.quote(QUOTE);
  type(composer.field, "the left one");
  find<HTMLButtonElement>('[name="due"]').click();
  expect([sent("/later/"), texts("#toasts")[0]]).toEqual([[], expect.stringContaining("quotesLater")]);
});
