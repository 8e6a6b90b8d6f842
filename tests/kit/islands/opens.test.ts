import { expect, test, vi } from "vitest";
import Opens from "../../../zhiliu/kit/islands/opens";
import { find, page } from "../../islands";

const LINK = '<a href="#away" data-controller="opens" data-action="opens#open" data-opens-id-value="second">Open</a>';

/** jsdom has dialogs without their methods. */
function dialogs(): void {
  HTMLDialogElement.prototype.showModal = vi.fn(function (this: HTMLDialogElement) {
    this.open = true;
  });
  HTMLDialogElement.prototype.close = vi.fn(function (this: HTMLDialogElement) {
    this.open = false;
  });
}

/** Click; returns whether the link leads away. */
function leads(): boolean {
  return find("a").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
}

test("a dialog opens in place of the dialog and the menu its button stands in, and hears of it", async () => {
  dialogs();
  await page(`<dialog id="first" open><details open>${LINK}</details></dialog><dialog id="second"></dialog>`, { opens: Opens });
  const heard = vi.fn();
  find("#second").addEventListener("opened", heard);
  expect(leads()).toBe(false);
  expect([find<HTMLDialogElement>("#first").open, find<HTMLDialogElement>("#second").open, find("details").hasAttribute("open")]).toEqual([false, true, false]);
  expect(heard).toHaveBeenCalledOnce();
});

test("without the dialog a link leads where it leads", async () => {
  dialogs();
  await page(`<dialog id="first" open>${LINK}</dialog>`, { opens: Opens });
  expect([leads(), find<HTMLDialogElement>("#first").open]).toEqual([true, true]);
});
