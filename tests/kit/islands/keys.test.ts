import { beforeEach, expect, test, vi } from "vitest";
import Keys from "../../../zhiliu/kit/islands/keys";
import { switchKeys } from "../../../zhiliu/kit/islands/lib/single-keys";
import { isTyping } from "../../../zhiliu/kit/islands/lib/typing";
import { find, page, press } from "../../islands";

const PAGE = `<div data-controller="keys">
  <nav class="rail"><a data-go="n" id="needs">Needs</a><a data-go="g" id="groups">Groups</a></nav>
  <details data-key="start"><summary>Start</summary><div class="menu"><a href="#" id="first">Need</a></div></details>
  <main>
    <input type="search" id="filter"><textarea id="text"></textarea>
    <div class="item"><a class="title" href="#" id="row1">1</a><button data-shortcut="e" id="edit1"></button></div>
    <div class="item"><a class="title" href="#" id="row2">2</a><button data-shortcut="e" id="edit2"></button></div>
    <div class="item" hidden><a class="title" href="#" id="row3">3</a></div>
    <button data-shortcut="s" id="save"></button><button data-shortcut="s" hidden id="other-save"></button>
    <input data-shortcut="r" id="reply">
  </main>
</div>`;

let pressed: string[];

beforeEach(async () => {
  vi.useFakeTimers({ now: 10_000 });
  pressed = [];
  await page(PAGE, { keys: Keys });
  find("main").parentElement!.addEventListener("click", (event) => pressed.push((event.target as Element).id));
});

function focused(): string | undefined {
  return document.activeElement?.id;
}

test("G and a letter go to a place of the rail", () => {
  expect(press(document.body, "g")).toBe(true);
  expect(press(document.body, "n")).toBe(true);
  expect(pressed).toEqual(["needs"]);
});

test("a second G after the first is a letter, too", () => {
  press(document.body, "g");
  press(document.body, "g");
  expect(pressed).toEqual(["groups"]);
});

test("a sequence is over after 1.2 seconds and after its letter", () => {
  press(document.body, "g");
  vi.advanceTimersByTime(1200);
  press(document.body, "n");
  press(document.body, "g");
  press(document.body, "x");
  press(document.body, "n");
  expect(pressed).toEqual([]);
});

test("J and K walk the rows that are shown, and stay at the ends", () => {
  const places = ["j", "j", "j", "k", "k"].map((key) => (press(document.body, key), focused()));
  expect(places).toEqual(["row1", "row2", "row2", "row1", "row1"]);
});

test("a slash goes into the filter, C opens what can be started", () => {
  press(document.body, "/");
  expect(focused()).toBe("filter");
  press(find("main"), "c");
  expect(focused()).toBe("first");
  expect(find<HTMLDetailsElement>("details").open).toBe(true);
});

test("a letter presses the button of the row in focus", () => {
  find("#row2").focus();
  press(find("#row2"), "e");
  expect(pressed).toEqual(["edit2"]);
});

test("of several rows none is guessed", () => {
  expect(press(document.body, "e")).toBe(false);
  expect(pressed).toEqual([]);
});

test("a letter presses what the page itself shows, and goes into a field", () => {
  press(document.body, "S");
  press(document.body, "r");
  expect([pressed, focused()]).toEqual([["save"], "reply"]);
});

test.each([
  ["Ctrl", { ctrlKey: true }],
  ["⌘", { metaKey: true }],
  ["Alt", { altKey: true }],
  ["an input method that composes", { isComposing: true }],
  ["an input method that tells only its key code", { keyCode: 229 }],
])("with %s a key belongs to others", (_name, init) => {
  expect(press(document.body, "s", init)).toBe(false);
  expect(pressed).toEqual([]);
});

test("a key typed into a field is text", () => {
  expect(press(find("#text"), "s")).toBe(false);
  expect(press(find("#filter"), "g")).toBe(false);
  expect(pressed).toEqual([]);
});

test("while a dialog or a picture is open, and where the reader switched them off, keys do nothing", () => {
  document.body.insertAdjacentHTML("beforeend", "<dialog open></dialog>");
  expect(press(document.body, "s")).toBe(false);
  find("dialog").remove();
  document.body.insertAdjacentHTML("beforeend", '<div class="pswp"></div>');
  expect(press(document.body, "s")).toBe(false);
  find(".pswp").remove();
  switchKeys(false);
  expect(press(document.body, "s")).toBe(false);
  switchKeys(true);
  expect(press(document.body, "s")).toBe(true);
});

test("a key nothing answers to is left to the browser", () => {
  expect(press(document.body, "x")).toBe(false);
  expect(press(document.body, "Enter")).toBe(false);
});

test.each([
  ["<input>", true],
  ["<select></select>", true],
  ["<p role='textbox'></p>", true],
  ["<p></p>", false],
  ["<button></button>", false],
])("in %s one is typing: %s", (html, wanted) => {
  document.body.innerHTML = html;
  let typing: boolean | undefined;
  document.body.addEventListener("keydown", (event) => (typing = isTyping(event)), { once: true });
  press(document.body.firstElementChild!, "a");
  expect(typing).toBe(wanted);
});
