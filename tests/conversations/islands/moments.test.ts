import { beforeEach, expect, test, vi } from "vitest";
import { Moments } from "../../../zhiliu/conversations/islands/lib/moments";
import { find, page } from "../../islands";
import { conversationWords } from "./words";

beforeEach(async () => {
  // 23:35 in Shenzhen, 16:35 in Berlin, 10:35 in New York.
  vi.useFakeTimers({ now: Date.parse("2026-11-29T15:35:00Z") });
  document.documentElement.lang = "en";
  await page(conversationWords());
});

/** A message as the server drew it with the company's clock, written anew for somebody who lives elsewhere. */
function rewritten(zone: string, moment: string, time: string): HTMLElement {
  document.body.insertAdjacentHTML("beforeend", `<article class="message" data-moment="${Date.parse(moment) / 1000}"><time title="as drawn" datetime="${moment}">${time}</time></article>`);
  const article = find("article:last-child");
  new Moments(zone).rewrite(article);
  return article;
}

function words(article: HTMLElement): unknown[] {
  const time = article.querySelector("time")!;
  return [article.dataset["day"], time.textContent, time.title];
}

test.each([
  ["2026-11-29", "today"],
  ["2026-11-28", "yesterday"],
  ["2026-11-30", "tomorrow"],
  ["2026-11-27", "Fri, Nov 27"],
  ["2026-12-01", "Tue, Dec 1"],
  ["2025-11-29", "Sat, Nov 29, 2025"],
])("%s is %j in Shenzhen", (day, words) => expect(new Moments("Asia/Shanghai").day(day)).toBe(words));

test("today is the day of the reader's zone", () => {
  vi.setSystemTime(Date.parse("2026-11-29T17:00:00Z"));
  expect([new Moments("Asia/Shanghai").day("2026-11-30"), new Moments("Europe/Berlin").day("2026-11-30")]).toEqual(["today", "tomorrow"]);
});

test("a message in the reader's own zone keeps the words of the server", () => {
  expect(words(rewritten("Asia/Shanghai", "2026-11-29T23:30:00+08:00", "23:30"))).toEqual(["2026-11-29", "23:30", "as drawn"]);
});

test("a clock is written in the reader's zone, with the day in full beside it", () => {
  expect(words(rewritten("Europe/Berlin", "2026-11-29T23:30:00+08:00", "23:30"))).toEqual(["2026-11-29", "16:30", "Nov 29, 2026 16:30"]);
});

test("a message may stand on another day there", () => {
  expect(words(rewritten("America/New_York", "2026-11-29T08:00:00+08:00", "08:00"))).toEqual(["2026-11-28", "19:00", "Nov 28, 2026 19:00"]);
});

test("words for a day are those of the reader's, with the time of day today and tomorrow", () => {
  expect(words(rewritten("Europe/Berlin", "2026-11-30T03:00:00+08:00", "tomorrow 03:00"))[1]).toBe("today 20:00");
  expect(words(rewritten("Europe/Berlin", "2026-12-01T03:00:00+08:00", "Dec 1"))[1]).toBe("tomorrow 20:00");
  expect(words(rewritten("Europe/Berlin", "2026-11-20T03:00:00+08:00", "Nov 20"))[1]).toBe("Thu, Nov 19");
});

test("of words that move on with the clock only those that follow them are written", () => {
  const article = rewritten("Europe/Berlin", "2026-11-29T23:30:00+08:00", '5 min" data-x="');
  article.querySelector("time")!.dataset["relativeTimeLaterValue"] = "today 23:30";
  article.querySelector("time")!.textContent = "5 min";
  new Moments("Europe/Berlin").rewrite(article);
  expect([article.querySelector("time")!.textContent, article.querySelector("time")!.dataset["relativeTimeLaterValue"]]).toEqual(["5 min", "today 16:30"]);
});

test("a zone the browser has not heard of is its own", () => {
  const own = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short" }).format(Date.parse("2026-11-29T15:30:00Z"));
  expect(words(rewritten("Moon/Tranquility", "2026-11-29T15:30:00+00:00", "15:30"))[0]).toBe(own);
});
