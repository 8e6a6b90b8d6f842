import { expect, test } from "vitest";
import { showCurrentTabs } from "../../../zhiliu/kit/islands/lib/current-tab";
import { find, page } from "../../islands";

/** How far a strip of 300 pixels is scrolled, with the current tab at these places of its whole width. */
async function scrolled(left: number, right: number, width = 600, markup = "aria-current", before = 0): Promise<number> {
  await page(`<nav class="tabs"><a ${markup}>Needs</a></nav>`);
  const strip = find(".tabs");
  Object.defineProperties(strip, { clientWidth: { value: 300 }, scrollWidth: { value: width } });
  strip.scrollLeft = before;
  strip.getBoundingClientRect = () => ({ left: 20, right: 320 }) as DOMRect;
  find(".tabs a").getBoundingClientRect = () => ({ left: 20 + left - before, right: 20 + right - before }) as DOMRect;
  showCurrentTabs();
  return strip.scrollLeft;
}

test("a current tab beyond the edge comes into sight, and a part of the next one with it", async () => {
  expect(await scrolled(400, 480)).toBe(480 + 48 - 300);
});

test("a current tab within the first width leaves the strip at its beginning", async () => {
  expect(await scrolled(100, 252)).toBe(0);
});

test("where the strip is scrolled already the same place comes out", async () => {
  expect(await scrolled(400, 480, 600, "aria-current", 150)).toBe(228);
});

test("a strip that fits, and one without a current tab, stay where they are", async () => {
  expect(await scrolled(400, 480, 300)).toBe(0);
  expect(await scrolled(400, 480, 600, "", 10)).toBe(10);
});
