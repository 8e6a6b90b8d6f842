import { afterEach, beforeEach, expect, test, vi } from "vitest";
import Pictures from "../../../zhiliu/kit/islands/pictures";
import { find, page, press, settle } from "../../islands";

const { openViewer } = vi.hoisted(() => ({ openViewer: vi.fn() }));
vi.mock("../../../zhiliu/kit/islands/lib/picture-viewer", () => ({ openViewer }));

const PAGE = `<div data-controller="pictures"><div class="message"><a class="picture" href="/files/1/"><img alt="one" src="/files/1/?w=640"></a></div>
  <div class="prose"><p>Words</p><img alt="two" src="/files/2/"><a href="/elsewhere/"><img alt="three" src="/files/3/"></a></div></div>`;

beforeEach(async () => {
  await page(PAGE, { pictures: Pictures });
});

afterEach(() => openViewer.mockReset());

/** What was opened: the names of all pictures, and the place of the first shown. */
async function opened(): Promise<unknown> {
  await settle();
  return openViewer.mock.calls.map(([pictures, at]) => [(pictures as HTMLImageElement[]).map(({ alt }) => alt), at]);
}

function click(selector: string, init: MouseEventInit = {}): boolean {
  return !find(selector).dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
}

test("a click on a linked picture opens it in place, with the others of the page", async () => {
  expect(click("a.picture img")).toBe(true);
  expect(await opened()).toEqual([[["one", "two"], 0]]);
});

test("Enter on a link comes as a click on the link", async () => {
  expect(click("a.picture")).toBe(true);
  expect(await opened()).toEqual([[["one", "two"], 0]]);
});

test("a picture of an article is reached with the keyboard and opened with Enter or a blank", async () => {
  const picture = find(".prose > img");
  expect([picture.tabIndex, picture.getAttribute("role")]).toEqual([0, "button"]);
  expect(press(picture, "a")).toBe(false);
  for (const key of [" ", "Enter"]) {
    expect([press(picture, key), await opened()]).toEqual([true, [[["one", "two"], 1]]]);
    openViewer.mockReset();
  }
});

test("a picture that leads elsewhere, words, and a click for a new tab stay what they are", async () => {
  expect([click(".prose a img"), click(".prose p"), click("a.picture img", { ctrlKey: true }), click("a.picture img", { metaKey: true })]).toEqual([false, false, false, false]);
  expect(await opened()).toEqual([]);
  expect(find(".prose a img").getAttribute("role")).toBeNull();
});

test("a second click while it is open opens nothing more", async () => {
  openViewer.mockImplementation(() => document.body.append(Object.assign(document.createElement("div"), { className: "pswp" })));
  click("a.picture img");
  click("a.picture img");
  expect(await opened()).toEqual([[["one", "two"], 0]]);
});

test("a picture without words has a name as a button", async () => {
  await page(PAGE.replace('alt="two"', 'alt=""'), { pictures: Pictures });
  expect([find(".prose > img").getAttribute("aria-label"), find(".prose a img").getAttribute("aria-label")]).toEqual(["picture", null]);
});
