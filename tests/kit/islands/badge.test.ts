import { expect, test, vi } from "vitest";
import Badge from "../../../zhiliu/kit/islands/badge";
import { live, page, serve, texts } from "../../islands";

test("unread marks are asked for once after many notices, and put in all their places", async () => {
  vi.useFakeTimers();
  await page('<i data-badge="inbox">1</i><b data-badge="inbox">1</b><i data-badge="todo">1</i><s data-controller="badge" data-badge-url-value="/badges/"></s>', { badge: Badge });
  const asked = serve(() => new Response('<i data-badge="inbox">4</i>'));
  live("inbox");
  await vi.advanceTimersByTimeAsync(399);
  live("reset");
  await vi.advanceTimersByTimeAsync(399);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect([asked.map(({ url }) => url.pathname), texts("[data-badge]")]).toEqual([["/badges/"], ["4", "4", "1"]]);
});
