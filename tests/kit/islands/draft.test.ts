import { beforeEach, expect, test, vi } from "vitest";
import Draft from "../../../zhiliu/kit/islands/draft";
import { drafts, release } from "../../../zhiliu/kit/islands/lib/drafts";
import { find, page, texts, type } from "../../islands";

const KEY = "note";

beforeEach(() => {
  vi.useFakeTimers({ now: 1000 });
  release(KEY);
});

async function form(value = "", fields = ""): Promise<void> {
  await page(
    `<form method="post" data-controller="draft" data-draft-key-value="${KEY}"><textarea name="body">${value}</textarea>${fields}</form>`,
    { draft: Draft },
  );
}

/** An earlier page left a text. */
function left(text: string, base = ""): void {
  localStorage.setItem(`drafts:7:${KEY}`, JSON.stringify([{ id: "earlier", at: 1, text: { body: text }, base: { body: base } }]));
}

function field(): HTMLTextAreaElement {
  return find<HTMLTextAreaElement>("textarea");
}

function kept(): string[] {
  return drafts(KEY).map((entry) => entry.text["body"] ?? "");
}

function carried(): string | undefined {
  return document.querySelector<HTMLInputElement>('[name="_draft"]')?.value;
}

function submit(): void {
  find("form").dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
}

test("what is typed is kept after a moment of quiet, and the form carries the id of its entry", async () => {
  await form();
  type(field(), "冷库");
  vi.advanceTimersByTime(299);
  expect(kept()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(kept()).toEqual(["冷库"]);
  expect(carried()).toBe(drafts(KEY)[0]?.id);
});

test("whoever leaves at once loses nothing", async () => {
  await form();
  type(field(), "冷库");
  dispatchEvent(new Event("pagehide"));
  expect(kept()).toEqual(["冷库"]);
});

test("on return the text stands in the field, with a way to discard it", async () => {
  left("冷库");
  await form();
  expect(field().value).toBe("冷库");
  expect(texts(".draft-line")).toEqual(["Your draft is back.Discard"]);
  expect(carried()).toBe("earlier");
});

test("discarding brings back what the page showed, and forgets the text", async () => {
  left("冷库", "old");
  await form("old");
  expect(field().value).toBe("冷库");
  find(".draft-line button").click();
  vi.advanceTimersByTime(1000);
  expect([field().value, kept(), texts(".draft-line")]).toEqual(["old", [], []]);
});

test("where the server shows another text by now, the draft is offered and not put over it", async () => {
  left("mine", "old");
  await form("theirs");
  expect(field().value).toBe("theirs");
  expect(texts(".draft-line button")).toEqual(["Put back", "Discard"]);
  find(".draft-line button").click();
  expect(field().value).toBe("mine");
});

test("fields of the same name are told apart", async () => {
  await form("", '<input name="option"><input name="option">');
  const [first, second] = document.querySelectorAll<HTMLInputElement>("[name=option]");
  type(first!, "tea");
  type(second!, "coffee");
  vi.advanceTimersByTime(300);
  expect(drafts(KEY)[0]?.text).toEqual({ body: "", option: "tea", "option 2": "coffee" });
});

test("what is typed while a text is on its way is kept beside it", async () => {
  await form();
  type(field(), "sent");
  submit();
  type(field(), "next");
  vi.advanceTimersByTime(300);
  expect(kept()).toEqual(["next", "sent"]);
});

test("a text that did not arrive is still the same text when it is typed on and sent again", async () => {
  await form();
  type(field(), "sent");
  submit();
  const id = carried();
  find("form").dispatchEvent(new CustomEvent("htmx:finally:request", { bubbles: true }));
  type(field(), "sent, mended");
  submit();
  expect(kept()).toEqual(["sent, mended"]);
  expect(carried()).toBe(id);
});

test("the answer to another request from within the form says nothing about its text", async () => {
  await form();
  type(field(), "sent");
  submit();
  field().dispatchEvent(new CustomEvent("htmx:finally:request", { bubbles: true }));
  type(field(), "next");
  vi.advanceTimersByTime(300);
  expect(kept()).toEqual(["next", "sent"]);
});

test("after a text arrived the next one has an id of its own", async () => {
  await form();
  type(field(), "sent");
  submit();
  const id = carried();
  localStorage.clear();
  find("form").dispatchEvent(new CustomEvent("htmx:finally:request", { bubbles: true }));
  type(field(), "next");
  submit();
  expect(kept()).toEqual(["next"]);
  expect(carried()).not.toBe(id);
});
