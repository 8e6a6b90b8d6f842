import { beforeEach, expect, test } from "vitest";
import Submit from "../../../zhiliu/kit/islands/submit";
import { find, page, press } from "../../islands";

let sent: number;

beforeEach(async () => {
  sent = 0;
  await page('<main><form data-controller="submit"><input name="title"><button class="main"><b>Post</b></button></form></main>', { submit: Submit });
  find("main").addEventListener("submit", (event) => {
    sent++;
    event.preventDefault();
  });
});

function button(): HTMLElement {
  return find("button");
}

test("a form is sent once, and its button says that it is busy", () => {
  button().click();
  button().click();
  expect([sent, button().textContent, button().getAttribute("aria-busy")]).toEqual([1, "One moment…", "true"]);
});

test.each([["htmx:finally:request", () => find("form")], ["pageshow", () => window]])("after %s the button is as before and sends again", (name, place) => {
  button().click();
  place().dispatchEvent(new Event(name));
  expect([button().innerHTML, button().getAttribute("aria-busy")]).toEqual(["<b>Post</b>", null]);
  button().click();
  expect(sent).toBe(2);
});

test("a button with an icon alone keeps it", () => {
  button().innerHTML = "<svg></svg>";
  button().click();
  expect(button().innerHTML).toBe("<svg></svg>");
});

test("a button that is switched off sends nothing", () => {
  button().setAttribute("aria-disabled", "true");
  button().click();
  expect([sent, button().textContent]).toEqual([0, "Post"]);
});

test("Ctrl Enter and ⌘ Enter send, other keys do not", () => {
  press(find("input"), "a", { ctrlKey: true });
  expect([sent, press(find("input"), "Enter")]).toEqual([0, false]);
  expect([press(find("input"), "Enter", { ctrlKey: true }), sent]).toEqual([true, 1]);
  find("form").dispatchEvent(new Event("htmx:finally:request"));
  press(find("input"), "Enter", { metaKey: true });
  expect(sent).toBe(2);
});

test("Enter that ends a composition never sends, nor reaches anybody", () => {
  let heard = 0;
  find("input").addEventListener("keydown", () => heard++);
  expect(press(find("input"), "Enter", { isComposing: true, ctrlKey: true })).toBe(true);
  expect(press(find("input"), "Enter", { keyCode: 229 })).toBe(true);
  expect([sent, heard]).toEqual([0, 0]);
});
