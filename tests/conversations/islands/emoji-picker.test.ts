import { beforeEach, expect, test, vi } from "vitest";
import { allEmoji } from "../../../zhiliu/conversations/islands/lib/emoji";
import { EmojiAbove } from "../../../zhiliu/conversations/islands/lib/emoji-above";
import { find, page, press, settle, type } from "../../islands";
import { conversationWords } from "./words";

let chosen: string[];
let above: EmojiAbove;

beforeEach(async () => {
  // Loaded once, so that a later question is answered at once.
  await allEmoji();
  chosen = [];
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  await page(`${conversationWords()}<form><button id="emoji" type="button" hidden></button></form><p id="beside"></p>`);
  above = new EmojiAbove(find("#emoji"), find("form"), (sign) => chosen.push(sign));
});

async function open(): Promise<void> {
  find("#emoji").click();
  await settle();
}

function search(): HTMLInputElement {
  return find<HTMLInputElement>(".emoji-picker input");
}

function isOpen(): boolean {
  return document.querySelector(".emoji-picker") !== null;
}

/** Selectors of jsdom know no emoji. */
function signOf(sign: string): HTMLElement {
  return [...document.querySelectorAll<HTMLElement>("[data-sign]")].find((button) => button.dataset.sign === sign)!;
}

function first(): HTMLElement {
  return find(".emoji-list [data-sign]");
}

test("the button shows where a script runs, opens the emoji and closes them", async () => {
  expect([find("#emoji").hidden, isOpen()]).toEqual([false, false]);
  await open();
  expect([isOpen(), find("#emoji").getAttribute("aria-expanded"), document.activeElement]).toEqual([true, "true", search()]);
  find("#emoji").click();
  expect([isOpen(), find("#emoji").getAttribute("aria-expanded")]).toEqual([false, "false"]);
});

test("the usual ones come first, and a click gives a sign", async () => {
  await open();
  expect(first().dataset.sign).toBe("👍");
  signOf("🎉").click();
  expect(chosen).toEqual(["🎉"]);
});

test("Enter in the search gives the first one found, and nothing where nothing is searched", async () => {
  await open();
  expect(press(search(), "Enter")).toBe(true);
  type(search(), "tada");
  expect(press(search(), "Enter")).toBe(true);
  expect(chosen).toEqual(["🎉"]);
});

test("what finds nothing is said; an empty search shows all again", async () => {
  await open();
  type(search(), "zzzz");
  expect([find("[role=status]").textContent, document.querySelectorAll("[data-sign]").length]).toEqual(["No emoji found", 0]);
  type(search(), "");
  expect([find("[role=status]").textContent, first().dataset.sign]).toEqual(["", "👍"]);
});

test("a half composed word is not searched", async () => {
  await open();
  type(search(), "zzzz", { isComposing: true });
  expect(first().dataset.sign).toBe("👍");
});

test("arrows walk from the search into the emoji, of which one is a stop of Tab", async () => {
  await open();
  press(search(), "ArrowDown");
  expect(document.activeElement).toBe(first());
  press(first(), "ArrowRight");
  const second = document.activeElement as HTMLElement;
  expect([second.dataset.sign, second.tabIndex, first().tabIndex]).toEqual(["👏", 0, -1]);
  press(second, "Home");
  expect(document.activeElement).toBe(first());
});

test("Escape closes and returns to the button; a press elsewhere closes", async () => {
  await open();
  press(search(), "Escape");
  expect([isOpen(), document.activeElement]).toEqual([false, find("#emoji")]);
  await open();
  search().dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  expect(isOpen()).toBe(true);
  find("#beside").dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  expect(isOpen()).toBe(false);
});

test("on touch no keyboard comes up", async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  await open();
  expect(document.activeElement).not.toBe(search());
  above.close();
  expect(isOpen()).toBe(false);
});

test.each([":smile:", "：笑", " smile "])("colons and blanks around a word are no part of it (%s)", async (words) => {
  await open();
  type(search(), words);
  expect(document.querySelectorAll(".emoji-list [data-sign]").length).toBeGreaterThan(10);
});

test("colons alone look for nothing, and Enter takes none", async () => {
  await open();
  type(search(), "：:");
  expect(document.querySelectorAll("[data-group]").length).toBe(9);
  press(search(), "Enter");
  expect(chosen).toEqual([]);
});

test("a group comes to the top of the list, wherever the list stands", async () => {
  await open();
  const list = find(".emoji-list");
  list.getBoundingClientRect = () => ({ top: 300 }) as DOMRect;
  find('[data-group="9"]').getBoundingClientRect = () => ({ top: 1300 - list.scrollTop }) as DOMRect;
  find(".emoji-groups button:last-child").click();
  expect(list.scrollTop).toBe(1000);
});
