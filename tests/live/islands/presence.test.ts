import { beforeEach, expect, test, vi } from "vitest";
import Presence from "../../../zhiliu/live/islands/every-page/presence";
import { type Asked, find, live, page, serve, settle } from "../../islands";

let asked: Asked[];

beforeEach(() => {
  vi.useFakeTimers({ now: 10_000_000 });
  asked = serve(() => new Response(null, { status: 204 }));
});

async function open(me = "7"): Promise<void> {
  const dot = '<i class="presence away"></i><i class="presence-word">away</i>';
  await page(`<div data-controller="presence" data-me="${me}"></div><a data-presence="8" data-name="Wang Fang">${dot}</a><a data-presence="9">${dot}</a>`, { presence: Presence });
}

function use(): void {
  document.dispatchEvent(new Event("scroll"));
}

test("a page that is opened says so, and not again for three minutes of use", async () => {
  await open();
  expect(asked.map(({ url, method }) => [url.pathname, method])).toEqual([["/presence/", "POST"]]);
  vi.advanceTimersByTime(3 * 60 * 1000 - 1);
  use();
  expect(asked.length).toBe(1);
  vi.advanceTimersByTime(1);
  use();
  use();
  expect(asked.length).toBe(2);
});

test("another tab of the same person says nothing, a colleague at the same browser does", async () => {
  await open();
  await open();
  expect(asked.length).toBe(1);
  await open("8");
  expect(asked.length).toBe(2);
});

test("a page in the back is not used", async () => {
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  await open();
  expect(asked).toEqual([]);
});

test("what did not arrive is said again at the next use", async () => {
  serve(() => new Error("dead"));
  await open();
  await settle();
  asked = serve(() => new Response(null, { status: 204 }));
  use();
  expect(asked.length).toBe(1);
});

test("after a cut it is said again, after the first opening of the stream it is not", async () => {
  await open();
  live("open");
  expect(asked.length).toBe(1);
  live("open");
  expect(asked.length).toBe(2);
});

test("who comes is shown in all their places, and nobody else", async () => {
  await open();
  live("here", { person: 8, here: true });
  const state = (person: number) => {
    const place = find(`[data-presence="${person}"]`);
    return [place.querySelector(".presence")?.className, place.querySelector(".presence-word")?.textContent, place.getAttribute("aria-label")];
  };
  expect([state(8), state(9)]).toEqual([["presence on", "here", "Wang Fang, here"], ["presence away", "away", null]]);
  live("here", { person: 8, here: false });
  expect(state(8)).toEqual(["presence away", "away", "Wang Fang, away"]);
});
