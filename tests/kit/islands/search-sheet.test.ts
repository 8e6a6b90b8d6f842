import { beforeEach, expect, test, vi } from "vitest";
import SearchBox from "../../../zhiliu/kit/islands/search-box";
import { find, page, serve, settle, texts, type } from "../../islands";

/** The box of commands in a dialog, as phones have it. */
const ROWS = '<a role="option" href="#1">冷库</a><button role="option" type="button" data-press="#theme">Dark</button>';

let pressed: string[];

beforeEach(async () => {
  vi.useFakeTimers();
  pressed = [];
  serve(() => new Response(ROWS));
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
  await page(
    '<dialog id="sheet" open><form data-controller="search-box" data-search-box-url-value="/palette/"><input data-search-box-target="field"></form></dialog><button id="theme"></button>',
    { "search-box": SearchBox },
  );
  find("#theme").addEventListener("click", () => pressed.push("theme"));
  find("dialog").dispatchEvent(new Event("opened"));
  await settle();
});

function field(): HTMLInputElement {
  return find<HTMLInputElement>("input");
}

function listed(): string[] {
  return find("#palette-sheet").hidden ? [] : texts("#palette-sheet [role=option]");
}

test("commands are offered when it opens, under ids of their own", () => {
  expect([document.activeElement === field(), listed()]).toEqual([true, ["冷库", "Dark"]]);
  expect([...document.querySelectorAll("[role=option]")].map((option) => option.id)).toEqual(["palette-sheet-0", "palette-sheet-1"]);
});

test("they stay while a keyboard on glass is put away", async () => {
  field().blur();
  expect(listed()).toEqual(["冷库", "Dark"]);
  type(field(), "冷");
  await vi.advanceTimersByTimeAsync(150);
  await settle();
  field().blur();
  expect(listed()).toEqual(["冷库", "Dark"]);
});

test("a command that is taken closes it and presses the page's button", () => {
  find("[data-press]").click();
  expect([find<HTMLDialogElement>("dialog").open, pressed]).toEqual([false, ["theme"]]);
});
