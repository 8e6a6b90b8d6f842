import { beforeEach, expect, test } from "vitest";
import ChannelDrafts from "../../../zhiliu/conversations/islands/channel-drafts";
import { forgetDraft, keepDraft } from "../../../zhiliu/kit/islands/lib/drafts";
import { find, page } from "../../islands";

const ROW = (id: number, words: string) => `<li data-channel-row="${id}"><div class="body"><a>doors</a>${words}</div></li>`;
const LIST = `<ul data-controller="channel-drafts" data-channel-drafts-label-value="Draft: %s">
  ${ROW(11, "<p data-last-words>Lin: hello</p>")}${ROW(12, "")}</ul>`;

beforeEach(() => localStorage.clear());

function lines(id: number): string[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-channel-row="${id}"] p:not([hidden])`)].map((line) => line.textContent ?? "");
}

test("what is not sent yet stands in place of the last words, on one line", async () => {
  keepDraft("channel-11-0", { body: "one\n  $& two" });
  await page(LIST, { "channel-drafts": ChannelDrafts });
  expect([lines(11), lines(12)]).toEqual([["Draft: one $& two"], []]);
});

test("a channel without last words shows its draft as well, and a reply in a thread is no draft of the channel", async () => {
  keepDraft("channel-12-0", { body: "first" });
  keepDraft("channel-11-5", { body: "in a thread" });
  await page(LIST, { "channel-drafts": ChannelDrafts });
  expect([lines(11), lines(12)]).toEqual([["Lin: hello"], ["Draft: first"]]);
});

test("coming back to the page, what was sent meanwhile is no draft any more", async () => {
  keepDraft("channel-11-0", { body: "soon" });
  await page(LIST, { "channel-drafts": ChannelDrafts });
  forgetDraft("channel-11-0");
  dispatchEvent(new Event("pageshow"));
  expect(lines(11)).toEqual(["Lin: hello"]);
});

test("a list fetched anew keeps the drafts", async () => {
  keepDraft("channel-11-0", { body: "soon" });
  await page(LIST, { "channel-drafts": ChannelDrafts });
  find('[data-channel-row="11"] .body').innerHTML = "<a>doors</a><p data-last-words>Wang: news</p>";
  await new Promise((done) => setTimeout(done));
  expect(lines(11)).toEqual(["Draft: soon"]);
});

test("what was typed on another device stands there too; this device's own words go before", async () => {
  const elsewhere = LIST.replace('data-channel-row="11"', 'data-channel-row="11" data-unsent="from the phone"');
  await page(elsewhere, { "channel-drafts": ChannelDrafts });
  expect([lines(11), lines(12)]).toEqual([["Draft: from the phone"], []]);
  keepDraft("channel-11-0", { body: "here" });
  dispatchEvent(new Event("pageshow"));
  expect(lines(11)).toEqual(["Draft: here"]);
});
