import { beforeEach, expect, test, vi } from "vitest";
import RoomQueue from "../../../zhiliu/gatherings/islands/room-queue";
import { find, live, page } from "../../islands";

let fetched: number;

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_000_000 });
  await page('<div data-controller="room-queue" data-room-queue-topic-value="gathering-3"><ol class="queue"></ol><form><input></form></div><input id="elsewhere">', { "room-queue": RoomQueue });
  fetched = 0;
  find("div").addEventListener("room:refresh", () => fetched++);
});

function after(milliseconds: number): number {
  vi.advanceTimersByTime(milliseconds);
  return fetched;
}

test("the queue fetches itself three seconds after the last of many changes", () => {
  live("questions", { topic: "gathering-3" });
  after(2000);
  live("seats", { topic: "gathering-3" });
  expect([after(2999), after(1)]).toEqual([0, 1]);
});

test("changes of another room are not its own; news that were missed may be", () => {
  live("state", { topic: "gathering-4" });
  expect(after(4000)).toBe(0);
  live("reset");
  expect(after(3000)).toBe(1);
});

test("nothing moves under the hand that votes", () => {
  live("questions", { topic: "gathering-3" });
  after(2000);
  find(".queue").dispatchEvent(new Event("pointerdown", { bubbles: true }));
  expect([after(1000), after(2999), after(1)]).toEqual([0, 0, 1]);
});

test("nothing moves while somebody writes in the queue", () => {
  find("form input").focus();
  live("questions", { topic: "gathering-3" });
  expect(after(9000)).toBe(0);
  find("#elsewhere").focus();
  expect(after(3000)).toBe(1);
});

test("without a stream it looks every twenty seconds, and never in the back", () => {
  expect([after(19_999), after(1), after(20_000)]).toEqual([0, 1, 2]);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  expect(after(60_000)).toBe(2);
});
