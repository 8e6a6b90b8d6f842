import { beforeEach, expect, test, vi } from "vitest";
import { allEmoji, countUse } from "../../../zhiliu/conversations/islands/lib/emoji";
import { Tools } from "../../../zhiliu/conversations/islands/lib/tools";
import { find, page, press, settle, texts } from "../../islands";

const QUICK = '<button data-act="react" data-what="useful">Useful</button><button data-act="react" data-what="noted">Noted</button>';
const SIGN = (sign: string) => `<button data-act="react" data-what="${sign}" data-sign-choice>${sign}</button>`;
const CHOICE = `<div class="reaction-choice">${QUICK}${SIGN("👍")}${SIGN("🎉")}<button data-act="all-reactions"></button></div>`;
const SHEET = `${CHOICE}<ul class="big-list"><li data-with-text><button data-act="copy-text"></button></li><li><button data-act="thread"></button></li></ul>`;
const MESSAGE = (id: number, body: string) =>
  `<div class="said"><article class="message" data-id="${id}"><div class="message-body">${body}</div></article></div>`;

let acts: unknown[];
let tools: Tools;

beforeEach(async () => {
  // Loaded once, so that a later question is answered at once.
  await allEmoji();
  vi.useFakeTimers();
  acts = [];
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
  tools?.stop();
  await page(`${MESSAGE(1, '<div class="text"><p>冷库</p></div>')}${MESSAGE(2, "<img>")}<div id="row" hidden>${QUICK}</div><dialog>${SHEET}</dialog>`);
  const act = (name: string, article: HTMLElement, what?: string) => acts.push([name, article.dataset.id, what]);
  tools = new Tools(find("#row"), find<HTMLDialogElement>("dialog"), 7, { act, reactionsOf: (article) => (article.dataset.id === "1" ? ["noted"] : []) });
});

function message(id: number): HTMLElement {
  return find(`[data-id="${id}"]`);
}

function touch(name: string, x: number, y: number, target: Element = find("[data-id='1'] p")): void {
  target.dispatchEvent(new PointerEvent(name, { bubbles: true, pointerType: "touch", clientX: x, clientY: y, movementX: 9, movementY: 9 }));
}

function drag(...points: [number, number][]): void {
  const [first, ...rest] = points as [[number, number], ...[number, number][]];
  touch("pointerdown", ...first);
  for (const point of rest) touch("pointermove", ...point);
}

function sheet(): HTMLDialogElement {
  return find<HTMLDialogElement>("dialog");
}

test("a message that is moved far to the left is answered when the finger lifts", () => {
  drag([200, 100], [180, 101], [140, 104]);
  expect([message(1).style.getPropertyValue("--swiped"), message(1).classList.contains("far"), acts]).toEqual(["-60px", true, []]);
  touch("pointerup", 140, 104);
  expect([acts, message(1).className, message(1).style.getPropertyValue("--swiped")]).toEqual([[["thread", "1", undefined]], "message", ""]);
});

test.each<[string, [number, number][]]>([
  ["a short way", [[200, 100], [170, 100]]],
  ["to the right", [[200, 100], [280, 100], [120, 100]]],
  ["downwards first", [[200, 100], [190, 130], [90, 130]]],
  ["askew", [[200, 100], [140, 140], [90, 140]]],
  ["back to where it began", [[200, 100], [120, 100], [195, 100]]],
])("moved %s it is not", (_way, points) => {
  drag(...points);
  touch("pointerup", ...points.at(-1)!);
  expect([acts, message(1).className]).toEqual([[], "message"]);
});

test("a gesture the browser takes for itself answers nothing", () => {
  drag([200, 100], [100, 100]);
  touch("pointercancel", 100, 100);
  touch("pointerup", 100, 100);
  expect(acts).toEqual([]);
});

test("a finger that rests opens the sheet, one that swipes does not", () => {
  drag([200, 100], [100, 100]);
  vi.advanceTimersByTime(1000);
  expect(sheet().open).toBe(false);
  touch("pointerup", 100, 100);
  drag([200, 100]);
  vi.advanceTimersByTime(1000);
  expect(sheet().open).toBe(true);
  touch("pointerup", 200, 100);
  expect(acts).toEqual([["thread", "1", undefined]]);
});

test("text is offered for copying where there is any", () => {
  const offered = (id: number) => {
    tools.open(message(id));
    return !find("[data-with-text]").hidden;
  };
  expect([offered(1), offered(2)]).toEqual([true, false]);
});

test("a reaction in the row is given with one click, and shows whether it is one's own", () => {
  const pressed = (id: number) => {
    message(id).dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse", screenX: id }));
    return [...find("#row").querySelectorAll("[data-act=react]")].map((button) => button.getAttribute("aria-pressed"));
  };
  expect([pressed(2), pressed(1)]).toEqual([["false", "false"], ["false", "true"]]);
  find("#row [data-what=useful]").click();
  expect(acts).toEqual([["react", "1", "useful"]]);
});

test("signs one uses come after our words, those one does not use fill up", () => {
  countUse("✅");
  tools.open(message(1));
  expect(texts(".reaction-choice [data-act=react]")).toEqual(["Useful", "Noted", "✅", "👍"]);
  find(".reaction-choice [data-what='✅']").click();
  expect(acts).toEqual([["react", "1", "✅"]]);
});

test("all emoji take the place of the acts, and one of them is a reaction", async () => {
  tools.open(message(2));
  find("[data-act=all-reactions]").click();
  await settle();
  expect([find(".big-list").hidden, sheet().open]).toEqual([true, true]);
  [...sheet().querySelectorAll<HTMLElement>("[data-sign]")].find((button) => button.dataset.sign === "🌹")?.click();
  expect([acts, sheet().open]).toEqual([[["react", "2", "🌹"]], false]);
  tools.open(message(1));
  expect([find(".big-list").hidden, document.querySelector("dialog [data-sign]")]).toEqual([false, null]);
});

test("Escape in the emoji leads back to the acts", async () => {
  tools.open(message(2));
  find("[data-act=all-reactions]").click();
  press(find("dialog input"), "Escape");
  expect([find(".big-list").hidden, sheet().open, document.activeElement]).toEqual([false, true, find("[data-act=all-reactions]")]);
});
