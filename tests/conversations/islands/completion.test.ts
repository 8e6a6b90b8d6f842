import { beforeEach, expect, test, vi } from "vitest";
import { allEmoji } from "../../../zhiliu/conversations/islands/lib/emoji";
import { Completion } from "../../../zhiliu/conversations/islands/lib/completion";
import { type Asked, find, page, press, serve, settle, texts, type } from "../../islands";
import { conversationWords } from "./words";

let asked: Asked[];
let names: Completion;

const PEOPLE = [{ value: 4, label: "王芳", hint: "设备部" }, { value: 5, label: "王伟" }];
const COMMANDS = [{ value: "poll", label: "/poll", takes: "question" }, { value: "leave", label: "/leave" }];

beforeEach(async () => {
  // Loaded once, so that a later question is answered at once.
  await allEmoji();
  vi.useFakeTimers();
  await page(`${conversationWords()}<textarea></textarea>`);
  names = new Completion(field(), "/people/", "/commands/");
  asked = serve(({ url }) => {
    const q = url.searchParams.get("q") ?? "";
    return url.pathname === "/people/" ? PEOPLE.filter(({ label }) => label.includes(q)) : COMMANDS.filter(({ value }) => value.startsWith(q));
  });
});

function field(): HTMLTextAreaElement {
  return find<HTMLTextAreaElement>("textarea");
}

async function typed(text: string, init: InputEventInit = {}): Promise<void> {
  type(field(), text, init);
  await vi.advanceTimersByTimeAsync(120);
}

function queries(): string[] {
  return asked.map(({ url }) => `${url.pathname}${decodeURI(url.search)}`);
}

function offered(): string[] {
  return names.isOpen ? texts(".names li .name") : [];
}

/** A key as the field of the composer gets it. */
function key(name: string, init: KeyboardEventInit = {}): boolean {
  let ours = false;
  field().addEventListener("keydown", (event) => (ours = names.pressed(event)), { once: true });
  press(field(), name, init);
  return ours;
}

test.each([
  ["@王", "王"],
  ["你好@王", "王"],
  ["你好，@王", "王"],
  ["see (@wf", "wf"],
  ["line\n@", ""],
  ["@阿依·古丽", "阿依·古丽"],
  ["你好＠王", "王"],
])("in %j a name is looked for: %j", async (text, word) => {
  await typed(text);
  expect(queries()).toEqual([`/people/?q=${word}`]);
});

test.each([["lin@example"], ["a@@b"], ["@王 伟"], ["@一二三四五六七八九十一二三四五六七八九十一"], ["1/2"], ["see /poll"], ["/usr/bin"], ["//poll"]])(
  "in %j nothing is looked for",
  async (text) => {
    await typed(text);
    expect(queries()).toEqual([]);
  },
);

test("what stands behind the caret does not count", async () => {
  type(field(), "@王 said");
  field().setSelectionRange(2, 2);
  field().dispatchEvent(new InputEvent("input"));
  await vi.advanceTimersByTimeAsync(120);
  expect(queries()).toEqual(["/people/?q=王"]);
});

test("a slash at the very beginning looks for commands", async () => {
  await typed("/po");
  expect(queries()).toEqual(["/commands/?q=po"]);
  expect(offered()).toEqual(["/poll question"]);
});

test("an invitation looks for those who are not here yet", async () => {
  await typed("/invite @王");
  expect(queries()).toEqual(["/people/?q=王&outside=1"]);
});

test("nothing is looked for while an input method composes", async () => {
  await typed("@wang", { isComposing: true });
  expect(queries()).toEqual([]);
  field().dispatchEvent(new CompositionEvent("compositionend"));
  await vi.advanceTimersByTimeAsync(120);
  expect(queries()).toEqual(["/people/?q=wang"]);
});

test("all of the channel can be called by the beginning of the word", async () => {
  await typed("@every");
  expect(offered()).toEqual(["everybody"]);
  await typed("@al");
  expect(offered()).toEqual(["everybody"]);
  await typed("@alle");
  expect(offered()).toEqual([]);
});

test("Enter takes the marked name, in the middle of Chinese text, too", async () => {
  await typed("请@王");
  expect([key("ArrowDown"), key("Enter")]).toEqual([true, true]);
  expect(field().value).toBe("请@王伟 ");
  expect([...names.chosen]).toEqual([["王伟", 5]]);
  expect(names.isOpen).toBe(false);
});

test("Tab takes a name, and what stands behind the caret stays", async () => {
  type(field(), "@王，开会");
  field().setSelectionRange(2, 2);
  field().dispatchEvent(new InputEvent("input"));
  await vi.advanceTimersByTimeAsync(120);
  key("Tab");
  expect(field().value).toBe("@王芳 ，开会");
  expect(field().selectionStart).toBe(4);
});

test("the wide sign is written as the narrow one", async () => {
  await typed("请＠王");
  key("Enter");
  expect(field().value).toBe("请@王芳 ");
});

test("everybody is written, and is nobody by a number", async () => {
  await typed("@all");
  key("Enter");
  expect([field().value, [...names.chosen]]).toEqual(["@everybody ", []]);
});

test("arrows walk in a circle", async () => {
  await typed("@王");
  const walk = ["ArrowUp", "ArrowDown", "ArrowDown"].map((step) => (key(step), texts('.names [aria-selected="true"] .name')[0]));
  expect(walk).toEqual(["王伟", "王芳", "王伟"]);
});

test("Escape closes the list, and is not ours any more once it is closed", async () => {
  await typed("@王");
  expect([key("Escape"), names.isOpen, key("Escape")]).toEqual([true, false, false]);
});

test("Shift Enter, letters and keys of an input method are not ours", async () => {
  await typed("@王");
  expect([key("Enter", { shiftKey: true }), key("x"), key("Enter", { isComposing: true }), key("Enter", { keyCode: 229 })]).toEqual([false, false, false, false]);
  expect(field().value).toBe("@王");
});

test("a command that takes words gets a space for them; one that takes nothing is sent by the next Enter", async () => {
  await typed("/po");
  key("Enter");
  expect(field().value).toBe("/poll ");
  await typed("/lea");
  key("Enter");
  expect(field().value).toBe("/leave");
  await vi.advanceTimersByTimeAsync(120);
  expect([names.isOpen, key("Enter"), names.isOpen]).toEqual([true, false, false]);
});

test("once the caret has left the name, keys are not ours and nothing is written", async () => {
  await typed("你好@王");
  field().setSelectionRange(0, 0);
  expect([key("Enter"), names.isOpen, field().value]).toEqual([false, false, "你好@王"]);
});

test("an answer for a word that is not there any more is not shown", async () => {
  await typed("@王");
  type(field(), "@王芳");
  field().value = "";
  await vi.advanceTimersByTimeAsync(120);
  expect(queries().length).toBe(2);
  expect(offered()).toEqual(["王芳", "王伟"]);
});

test("a dead line offers nobody but all", async () => {
  serve(() => new Error("dead"));
  await typed("@王");
  expect(offered()).toEqual([]);
  await typed("@a");
  expect(offered()).toEqual(["everybody"]);
});

test("whoever leaves the field leaves the list", async () => {
  await typed("@王");
  field().blur();
  vi.advanceTimersByTime(150);
  expect(names.isOpen).toBe(false);
});

// -- emoji ------------------------------------------------------------------------------------------------------------

async function typedEmoji(text: string): Promise<void> {
  await typed(text);
  // The names of emoji are loaded with the first question.
  await vi.waitFor(() => settle());
}

test.each([[":smi"], ["好，:smi"], ["ok ：smi"], [":微笑"], ["好\n:smi"]])("in %j emoji are offered", async (text) => {
  await typedEmoji(text);
  expect([texts(".names li").length > 1, queries()]).toEqual([true, []]);
});

test.each([["时间:明天"], ["10:30"], ["http:ok"], [":s"], [": ok"], ["：）"], ["原因：热"]])("in %j none are", async (text) => {
  await typedEmoji(text);
  expect(names.isOpen).toBe(false);
});

test("Tab puts the emoji in place of its code, without a blank", async () => {
  await typedEmoji("好的 :tad");
  expect([texts(".names li")[0], key("Tab"), field().value]).toEqual(["🎉party popper:tada:", true, "好的 🎉"]);
});

test("a whole code between colons becomes its emoji; one that is none stays", async () => {
  await typedEmoji("好的 :tada:");
  expect([field().value, names.isOpen]).toEqual(["好的 🎉", false]);
  await typedEmoji(":tadaa:");
  expect([field().value, names.isOpen]).toEqual([":tadaa:", false]);
});

test("the people of a text stay chosen beside its emoji", async () => {
  await typed("@王");
  key("Enter");
  await typedEmoji("@王芳 :tad");
  key("Enter");
  expect([field().value, [...names.chosen]]).toEqual(["@王芳 🎉", [["王芳", 4]]]);
});
