import { beforeEach, expect, test, vi } from "vitest";
import UnreadMarks from "../../../zhiliu/conversations/islands/every-page/unread-marks";
import { find, live, page, serve } from "../../islands";

const RAIL = `<nav class="rail"><div class="rail-scroll">
  <a data-key="talk" id="all">Chat</a>
  <a data-community="1" id="cold">Cold</a>
  <a data-channel="11" id="general">general</a>
  <a data-channel="12" id="doors" data-unread="99" class="new">doors <span class="count">99</span></a>
  <a data-channel="13" id="noise" data-muted>noise</a>
  <a data-channel="14" id="open" aria-current="page">open</a>
  <a data-channel="15" id="talk">Wang Fang</a>
  </div></nav>`;

beforeEach(async () => {
  vi.useFakeTimers();
  await page(`<div data-controller="unread-marks" data-me="7">${RAIL}</div>`, { "unread-marks": UnreadMarks });
});

/** What is written beside an entry, and whether it is marked. */
function mark(id: string): [string | undefined, boolean] {
  const entry = find(`#${id}`);
  return [entry.querySelector(".count")?.textContent ?? undefined, entry.classList.contains("new")];
}

function said(channel: number, community: number | null = 1, by: number | null = 8): void {
  live("mark", { channel, community, by });
}

test("what is said elsewhere is counted, and marks its community", () => {
  said(11);
  said(11);
  expect([mark("general"), mark("cold")]).toEqual([["2", true], [undefined, true]]);
});

test("all channels together are counted where the navigation leads to them; mentions stay", () => {
  said(11);
  said(12);
  said(13);
  expect(find("#all .count").textContent).toBe("2");
  find("#all .count").className = "count calls";
  said(11);
  expect(find("#all .count").textContent).toBe("2");
});

test("above ninety-nine nobody counts", () => {
  said(12);
  expect(mark("doors")).toEqual(["99+", true]);
  said(12);
  expect(find("#doors").dataset.unread).toBe("101");
});

test("what one said oneself on another device is not unread; what a program said is", () => {
  said(11, 1, 7);
  expect([mark("general"), mark("cold")]).toEqual([[undefined, false], [undefined, false]]);
  said(11, 1, null);
  expect(mark("general")).toEqual(["1", true]);
});

test("a muted channel marks neither itself nor its community", () => {
  said(13);
  expect([mark("noise"), mark("cold")]).toEqual([[undefined, false], [undefined, false]]);
});

test("the channel one is reading marks neither itself nor its community", () => {
  said(14);
  expect([mark("open"), mark("cold")]).toEqual([[undefined, false], [undefined, false]]);
});

test("the open channel is unread while its window is in the back", () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  said(14);
  hidden.mockRestore();
  expect([mark("open"), mark("cold")]).toEqual([["1", true], [undefined, true]]);
});

test("a channel of a community that is folded away marks the community", () => {
  said(99);
  expect(mark("cold")).toEqual([undefined, true]);
});

test.each([
  ["a talk somebody has just begun", () => said(98, null)],
  ["what was read on another device", () => live("read")],
  ["news that were missed", () => live("reset")],
])("%s: the rail is drawn anew, once for many reasons", async (_name, happens) => {
  const asked = serve(() => new Response('<div class="rail-scroll"><a id="fresh">Li Qiang</a></div>'));
  happens();
  await vi.advanceTimersByTimeAsync(599);
  happens();
  await vi.advanceTimersByTimeAsync(599);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked.length).toBe(1);
  expect(find(".rail-scroll").textContent).toBe("Li Qiang");
});

test("a talk that is in the rail is counted without asking", async () => {
  const asked = serve(() => new Response(""));
  said(15, null);
  await vi.advanceTimersByTimeAsync(1000);
  expect([mark("talk"), asked]).toEqual([["1", true], []]);
});

test("the rail is not taken from under the focus, nor for the page of the sign-in", async () => {
  find("#general").tabIndex = 0;
  find("#general").focus();
  serve(() => new Response('<div class="rail-scroll">fresh</div>'));
  live("reset");
  await vi.advanceTimersByTimeAsync(600);
  expect(document.querySelector("#general")).not.toBeNull();
  find("#general").blur();
  serve(() => Object.defineProperty(new Response('<div class="rail-scroll">fresh</div>'), "redirected", { value: true }));
  live("reset");
  await vi.advanceTimersByTimeAsync(600);
  expect(document.querySelector("#general")).not.toBeNull();
});
