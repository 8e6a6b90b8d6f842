import { beforeEach, expect, test, vi } from "vitest";

type Drafts = typeof import("../../../zhiliu/kit/islands/lib/drafts");

let drafts: Drafts;

/** Another tab: the same storage, and a memory of its own. */
async function tab(): Promise<Drafts> {
  vi.resetModules();
  return import("../../../zhiliu/kit/islands/lib/drafts");
}

/** The other tabs hear what one wrote. */
function tellTabs(key: string): void {
  const place = `drafts:7:${key}`;
  dispatchEvent(new StorageEvent("storage", { key: place, newValue: localStorage.getItem(place) }));
}

function bodies(key: string): (string | undefined)[] {
  return drafts.drafts(key).map((entry) => entry.text["body"]);
}

beforeEach(async () => {
  vi.useFakeTimers({ now: 1000 });
  drafts = await tab();
});

test("a text is kept with its time and with what the page showed before", () => {
  drafts.keepDraft("note", { body: "冷库" }, { body: "old" });
  expect(drafts.drafts("note")).toEqual([{ id: drafts.idOf("note"), at: 1000, text: { body: "冷库" }, base: { body: "old" } }]);
});

test("a page that goes on typing has one entry", () => {
  drafts.keepDraft("note", { body: "冷" });
  drafts.keepDraft("note", { body: "冷库" });
  expect(bodies("note")).toEqual(["冷库"]);
});

test("a text of white space only is forgotten", () => {
  drafts.keepDraft("note", { title: "", body: "冷库" });
  drafts.keepDraft("note", { title: " ", body: "\n" });
  expect(drafts.drafts("note")).toEqual([]);
  expect(localStorage.length).toBe(0);
});

test("a colleague on the same browser never sees the text", () => {
  drafts.keepDraft("note", { body: "冷库" });
  document.querySelector<HTMLMetaElement>('meta[name="me"]')!.content = "8";
  expect(drafts.drafts("note")).toEqual([]);
  expect(drafts.readDraft("note")).toEqual({});
});

test("two tabs have an entry each, the newest first", async () => {
  drafts.keepDraft("note", { body: "first" });
  const other = await tab();
  other.keepDraft("note", { body: "second" });
  drafts.keepDraft("note", { body: "first, longer" });
  expect(bodies("note")).toEqual(["first, longer", "second"]);
});

test("of many tabs five texts are kept", async () => {
  for (const number of [1, 2, 3, 4, 5, 6]) (await tab()).keepDraft("note", { body: String(number) });
  expect(bodies("note")).toEqual(["6", "5", "4", "3", "2"]);
});

test("a page that reads the newest text goes on under its entry", async () => {
  drafts.keepDraft("note", { body: "冷" });
  const later = await tab();
  expect(later.readDraft("note")).toEqual({ body: "冷" });
  later.keepDraft("note", { body: "冷库" });
  expect(bodies("note")).toEqual(["冷库"]);
});

test("of two tabs with the same entry the one that writes on keeps it, and the other begins its own", async () => {
  drafts.keepDraft("note", { body: "冷" });
  const other = await tab();
  other.readDraft("note");
  vi.setSystemTime(2000);
  other.keepDraft("note", { body: "冷库" });
  tellTabs("note");
  drafts.keepDraft("note", { body: "热" });
  expect(bodies("note")).toEqual(["热", "冷库"]);
});

test("a text that went elsewhere is forgotten in every tab, other texts and fields are not", async () => {
  for (const body of ["热", "冷 ", "冷"]) (await tab()).keepDraft("note", { body, title: "热" });
  drafts.keepDraft("other", { body: "冷" });
  drafts.forgetSame("note", "body", "冷\n");
  expect([bodies("note"), bodies("other")]).toEqual([["热"], ["冷"]]);
});

test("a change of another form leaves the entry of this one alone", () => {
  drafts.keepDraft("note", { body: "冷" });
  const id = drafts.idOf("note");
  drafts.keepDraft("other", { body: "x" });
  tellTabs("other");
  expect(drafts.idOf("note")).toBe(id);
});

test("what is typed after a text went on its way is another text", () => {
  drafts.keepDraft("note", { body: "sent" });
  drafts.release("note");
  drafts.keepDraft("note", { body: "next" });
  expect(bodies("note")).toEqual(["next", "sent"]);
});

test("what the server says it has is forgotten under every key, and nothing else", () => {
  const ids = ["note", "answer", "kept"].map((key) => {
    drafts.keepDraft(key, { body: key });
    return drafts.idOf(key);
  });
  document.cookie = `drafts-arrived=${ids[0]}.${ids[1]}; path=/`;
  drafts.forgetArrived();
  expect([bodies("note"), bodies("answer"), bodies("kept")]).toEqual([[], [], ["kept"]]);
  expect(document.cookie).toBe("");
});

test("without word from the server nothing is forgotten", () => {
  drafts.keepDraft("note", { body: "冷库" });
  document.cookie = "other-drafts-arrived=1; path=/";
  drafts.forgetArrived();
  expect(bodies("note")).toEqual(["冷库"]);
  document.cookie = "other-drafts-arrived=; path=/; max-age=0";
});

test("a full device does not stop the page", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  drafts.keepDraft("note", { body: "冷库" });
  expect(drafts.drafts("note")).toEqual([]);
});
