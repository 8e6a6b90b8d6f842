import { expect, test } from "vitest";
import Theme from "../../../zhiliu/kit/islands/theme";
import { find, page, serve } from "../../islands";

const FORM = ["light", "dark", "system"].map((value) => `<button name="theme" value="${value}" data-action="theme#choose" aria-pressed="${value === "system"}"></button>`).join("");

test("a choice is shown at once in the menu and in the sheet, and saved", async () => {
  const asked = serve(() => ({}));
  await page(`<form action="/theme/" data-controller="theme" id="menu">${FORM}</form><form action="/theme/" data-controller="theme" id="sheet">${FORM}</form>`, { theme: Theme });
  find("#sheet [value=dark]").click();
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  const pressed = [...document.querySelectorAll("[aria-pressed=true]")].map((button) => [button.closest("form")?.id, (button as HTMLButtonElement).value]);
  expect(pressed).toEqual([["menu", "dark"], ["sheet", "dark"]]);
  expect(asked.map(({ url, body }) => [url.pathname, body["theme"]])).toEqual([["/theme/", "dark"]]);
  find("#menu [value=system]").click();
  expect(document.documentElement.dataset["theme"]).toBeUndefined();
});
