import { beforeEach, expect, test, vi } from "vitest";
import SearchBox from "../../../zhiliu/kit/islands/search-box";
import { type Asked, find, later, page, press, serve, settle, texts, type } from "../../islands";

const ROWS = '<a role="option" href="#1" id="x">冷库</a><button role="option" type="button" data-press="#theme">Dark</button>';

let asked: Asked[];
let sent: number;
let pressed: string[];

beforeEach(async () => {
  vi.useFakeTimers();
  [sent, pressed] = [0, []];
  asked = serve(() => new Response(ROWS));
  await page(
    '<main><form data-controller="search-box" data-search-box-url-value="/palette/"><input type="search" data-search-box-target="field"></form><button id="theme"></button></main>',
    { "search-box": SearchBox },
  );
  find("main").addEventListener("submit", (event) => {
    sent++;
    event.preventDefault();
  });
  find("main").addEventListener("click", (event) => pressed.push((event.target as Element).textContent || (event.target as Element).id));
});

function field(): HTMLInputElement {
  return find<HTMLInputElement>("input");
}

async function typed(text: string): Promise<void> {
  type(field(), text);
  await vi.advanceTimersByTimeAsync(150);
  await settle();
}

function offered(): string[] {
  return find("#palette").hidden ? [] : texts("#palette [role=option]");
}

function marked(): string | undefined {
  return texts('#palette [aria-selected="true"]')[0];
}

test("Ctrl K and ⌘ K go to the box and offer commands", async () => {
  expect(press(document.body, "k", { ctrlKey: true })).toBe(true);
  await settle();
  expect([document.activeElement === field(), asked[0]?.url.search, offered()]).toEqual([true, "?q=", ["冷库", "Dark"]]);
  field().blur();
  press(document.body, "K", { metaKey: true });
  expect(document.activeElement).toBe(field());
});

test.each([{}, { ctrlKey: true, shiftKey: true }, { ctrlKey: true, altKey: true }, { ctrlKey: true, isComposing: true }])(
  "K with %j belongs to others",
  (init) => expect(press(document.body, "k", init)).toBe(false),
);

test("what is typed is asked for once after a moment, and never while an input method composes", async () => {
  type(field(), "leng", { isComposing: true });
  await vi.advanceTimersByTimeAsync(1000);
  type(field(), "冷");
  await vi.advanceTimersByTimeAsync(149);
  expect(asked).toEqual([]);
  await typed("冷库");
  expect(asked.map(({ url }) => url.searchParams.get("q"))).toEqual(["冷库"]);
  expect(texts("[role=status]")).toEqual(["2 results"]);
});

test("arrows walk through the rows and the field itself", async () => {
  await typed("冷");
  const walk = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"].map((key) => (press(field(), key), marked()));
  expect(walk).toEqual(["冷库", "Dark", undefined, "Dark"]);
});

test("the best row is marked at once", async () => {
  serve(() => new Response('<a role="option">a</a><a role="option" data-best>b</a>'));
  await typed("b");
  expect(marked()).toBe("b");
});

test("Enter takes the marked row, and a command presses its button", async () => {
  await typed("冷");
  press(field(), "ArrowUp");
  expect(press(field(), "Enter")).toBe(true);
  expect([pressed, field().value, offered(), sent]).toEqual([["theme", "Dark"], "", [], 0]);
});

test("with nothing marked Enter is the form's", async () => {
  await typed("冷");
  expect(press(field(), "Enter")).toBe(false);
});

test("Enter before the answer waits for it, and then searches or takes the best row", async () => {
  type(field(), "冷");
  expect(press(field(), "Enter")).toBe(true);
  expect(sent).toBe(0);
  await settle();
  expect([sent, asked.length]).toEqual([1, 1]);
  serve(() => new Response('<a role="option" data-best href="#b">best</a>'));
  type(field(), "冷库");
  press(field(), "Enter");
  await settle();
  expect([sent, pressed]).toEqual([1, ["best"]]);
});

test("Enter of an input method does nothing, and is kept from the form", async () => {
  await typed("冷");
  press(field(), "ArrowDown");
  expect([press(field(), "Enter", { isComposing: true }), press(field(), "Enter", { keyCode: 229 }), pressed]).toEqual([true, true, []]);
});

test("Escape closes the list first, then leaves the field", async () => {
  await typed("冷");
  press(field(), "Escape");
  expect([offered(), document.activeElement === field(), field().getAttribute("aria-expanded")]).toEqual([[], true, "false"]);
  press(field(), "Escape");
  expect(document.activeElement).not.toBe(field());
});

test("an answer that comes after Escape or to an older question is not shown", async () => {
  const slow = later<Response>();
  serve(() => slow.answer);
  type(field(), "冷");
  await vi.advanceTimersByTimeAsync(150);
  serve(() => new Response('<a role="option">new</a>'));
  await typed("冷库");
  slow.give(new Response('<a role="option">old</a>'));
  await settle();
  expect(offered()).toEqual(["new"]);
  const slower = later<Response>();
  serve(() => slower.answer);
  await typed("冷库门");
  press(field(), "Escape");
  slower.give(new Response('<a role="option">late</a>'));
  await settle();
  expect(offered()).toEqual([]);
});

test("where the session has ended nothing is offered", async () => {
  serve(() => Object.defineProperty(new Response(ROWS), "redirected", { value: true }));
  await typed("冷");
  expect(offered()).toEqual([]);
});
