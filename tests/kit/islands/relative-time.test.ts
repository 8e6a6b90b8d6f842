import { expect, test, vi } from "vitest";
import RelativeTime from "../../../zhiliu/kit/islands/relative-time";
import { find, page, texts } from "../../islands";

const NOW = Date.parse("2026-11-29T17:00:00+08:00");

/** What a time says thirty seconds after the page came. */
async function said(seconds: number): Promise<string> {
  vi.useFakeTimers({ now: NOW - 30_000 });
  const at = new Date(NOW + seconds * 1000).toISOString();
  await page(`<time data-controller="relative-time" datetime="${at}" data-relative-time-later-value="today 17:00">as drawn</time>`, { "relative-time": RelativeTime });
  expect(texts("time")).toEqual(["as drawn"]);
  vi.advanceTimersByTime(30_000);
  return texts("time")[0] ?? "";
}

// The same limits as `kit/templatetags/ui_time.py`.
test.each([
  [0, "just now"],
  [-59, "just now"],
  [-60, "1 min"],
  [-119, "1 min"],
  [-120, "2 min"],
  [-3599, "59 min"],
  [-3600, "today 17:00"],
  [10, "in 1 min"],
  [89, "in 1 min"],
  [91, "in 2 min"],
  [3500, "in 58 min"],
  [3600, "today 17:00"],
])("%i seconds away it says %j", async (seconds, words) => expect(await said(seconds)).toBe(words));

test("a time that left the page is not written any more", async () => {
  await said(0);
  const time = find("time");
  time.remove();
  await Promise.resolve();
  vi.advanceTimersByTime(120_000);
  expect(time.textContent).toBe("just now");
});

test("words that stay the same are not written again", async () => {
  await said(-3600);
  const node = find("time").firstChild;
  vi.advanceTimersByTime(30_000);
  expect(find("time").firstChild).toBe(node);
});
