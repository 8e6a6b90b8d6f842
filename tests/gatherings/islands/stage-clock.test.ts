import { expect, test, vi } from "vitest";
import StageClock from "../../../zhiliu/gatherings/islands/stage-clock";
import { find, page, texts } from "../../islands";

const START = Date.parse("2026-11-29T17:00:00+08:00");

/** The stage some seconds after the start: two parts of ten minutes. */
async function stage(seconds: number, over = true): Promise<void> {
  vi.useFakeTimers({ now: START + seconds * 1000 });
  const step = (name: string, from: number) =>
    `<i data-stage-clock-target="step" data-name="${name}" data-start="${new Date(START + from * 1000).toISOString()}" data-end="${new Date(START + (from + 600) * 1000).toISOString()}"><progress></progress></i>`;
  await page(
    `<div data-controller="stage-clock" data-stage-clock-over-value="${over}">${step("Case", 0)}${step("Questions", 600)}
      <b data-stage-clock-target="name"></b><b data-stage-clock-target="clock"></b><b data-stage-clock-target="word">left</b></div>`,
    { "stage-clock": StageClock },
  );
}

function shown(): unknown[] {
  const bars = [...document.querySelectorAll("progress")].map((bar) => bar.value);
  return [...texts("b").slice(0, 2), !find("b:last-of-type").hidden, ...bars];
}

test.each([
  [0, ["Case", "10:00", true, 0, 0]],
  [1, ["Case", "9:59", true, 1 / 600, 0]],
  [599.5, ["Case", "0:01", true, 599.5 / 600, 0]],
  [600, ["Questions", "10:00", true, 1, 0]],
  [1195, ["Questions", "0:05", true, 1, 595 / 600]],
  [-5, ["", "", false, 0, 0]],
])("%f seconds after the start it shows %j", async (seconds, wanted) => {
  await stage(seconds);
  expect(shown()).toEqual(wanted);
});

test("the clock goes on by itself", async () => {
  await stage(0);
  vi.advanceTimersByTime(2000);
  expect(shown().slice(0, 2)).toEqual(["Case", "9:58"]);
});

test("a last part that is over counts on where that is wanted", async () => {
  await stage(1242);
  expect([shown().slice(1, 3), find("div").classList.contains("is-over")]).toEqual([["+0:42", false], true]);
  await stage(1242, false);
  expect([shown().slice(1, 3), find("div").classList.contains("is-over")]).toEqual([["", false], false]);
});
