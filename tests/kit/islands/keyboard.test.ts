import { beforeEach, expect, test, vi } from "vitest";
import { watchKeyboard } from "../../../zhiliu/kit/islands/lib/keyboard";

const root = document.documentElement;
let seen: EventTarget & { height: number; offsetTop: number; scale: number };

beforeEach(() => {
  seen = Object.assign(new EventTarget(), { height: 800, offsetTop: 0, scale: 1 });
  vi.stubGlobal("visualViewport", seen);
  vi.spyOn(root, "clientHeight", "get").mockReturnValue(800);
  watchKeyboard();
});

function covered(change: Partial<typeof seen>): [string, boolean] {
  Object.assign(seen, change);
  seen.dispatchEvent(new Event("resize"));
  return [root.style.getPropertyValue("--keyboard"), root.hasAttribute("data-keyboard")];
}

test("a keyboard on glass covers what the visual viewport lacks of the page, wherever it has moved to", () => {
  expect(covered({ height: 460 })).toEqual(["340px", true]);
  expect(covered({ offsetTop: 100 })).toEqual(["240px", true]);
  expect(covered({ height: 800, offsetTop: 0 })).toEqual(["0px", false]);
});

test("a bar of the browser and a page that is zoomed are no keyboard", () => {
  expect(covered({ height: 740 })).toEqual(["0px", false]);
  expect(covered({ height: 400, scale: 2 })).toEqual(["0px", false]);
});
