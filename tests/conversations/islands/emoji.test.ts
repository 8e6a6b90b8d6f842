import { beforeEach, expect, test, vi } from "vitest";
import { allEmoji, countUse, emojiFor, emojiOfCode, favourites, usedSigns } from "../../../zhiliu/conversations/islands/lib/emoji";
import { addMeta } from "../../islands";

let all: Awaited<ReturnType<typeof allEmoji>>;

beforeEach(async () => {
  all = await allEmoji();
});

function signs(word: string, most = 3): string[] {
  return emojiFor(all, word, most).map(({ sign }) => sign);
}

test.each([
  ["smile", "😄"],
  ["smil", "😄"],
  ["+1", "👍"],
  ["thumbsup", "👍"],
  ["tada", "🎉"],
  ["哈哈", "😃"],
  ["玫瑰", "🌹"],
  ["daxiao", "😄"],
  ["👀", "👀"],
])("%s finds first %s", (word, sign) => {
  expect(signs(word)[0]).toBe(sign);
});

test("Chinese is found inside words, Latin at the start of words", () => {
  expect(signs("笑哭")[0]).toBe("😂");
  expect(signs("miling", 99)).toEqual([]);
  expect(signs("birthday", 99)).toContain("🎂");
});

test("a word that means nothing finds nothing", () => {
  expect(signs("zzzz")).toEqual([]);
});

test("flags of countries, parts and signs of tomorrow are not offered", () => {
  const offered = all.map(({ sign }) => sign);
  expect(["🇨🇳", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏻", "🫩", "🏁"].map((sign) => offered.includes(sign))).toEqual([false, false, false, false, true]);
  expect([new Set(offered).size, offered.length > 1400]).toEqual([offered.length, true]);
});

test("a sign is written as keyboards write it", () => {
  expect([all.some(({ sign }) => sign === "👍"), all.some(({ sign }) => sign === "❤️")]).toEqual([true, true]);
});

test("a whole code is one emoji, in either language", () => {
  expect([emojiOfCode(all, "Smile")?.sign, emojiOfCode(all, "heart")?.sign, emojiOfCode(all, "smil")]).toEqual(["😄", "❤️", undefined]);
});

test("of equally near ones those most used come first", () => {
  const [first, second] = signs("smil");
  countUse(second ?? "");
  expect(signs("smil").slice(0, 2)).toEqual([second, first]);
});

test("uses are counted for one person; the least used gives way to a newcomer", () => {
  for (let number = 0; number < 40; number++) countUse(`sign ${number}`);
  for (const sign of ["sign 7", "new", "new", "new"]) countUse(sign);
  expect([usedSigns().slice(0, 2), usedSigns().length, usedSigns().includes("sign 0")]).toEqual([["new", "sign 7"], 40, false]);
  addMeta("me", "8");
  expect(usedSigns()).toEqual([]);
});

test("a device that keeps nothing offers the usual ones", () => {
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new Error("forbidden");
  });
  expect(favourites(["👍", "🎉"], 5)).toEqual(["👍", "🎉"]);
});

test("favourites are one's own, then the usual ones, each once", () => {
  countUse("🎉");
  expect(favourites(["👍", "🎉", "✅"], 2)).toEqual(["🎉", "👍"]);
});
