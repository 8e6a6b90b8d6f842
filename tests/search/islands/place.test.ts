import { expect, test } from "vitest";
import Place from "../../../zhiliu/search/islands/place";
import { find, page, settle } from "../../islands";

async function form(chosen = ""): Promise<HTMLSelectElement> {
  await page(
    `<form data-controller="place">
      <select id="id_community" data-place-target="field" data-action="place#choose">
        <option value=""></option><option value="sales">Sales</option><option value="service">Service</option>
      </select>
      <p id="id_community-hint"></p>
      <input type="hidden" name="chosen" value="${chosen}" data-place-target="chosen">
      <div id="similar"></div>
    </form>`,
    { place: Place },
  );
  return find<HTMLSelectElement>("select");
}

async function answer(slug: string, why: string): Promise<void> {
  find("#similar").innerHTML = `<span hidden data-place-target="proposal" data-slug="${slug}" data-why="${why}"></span>`;
  await settle();
}

test("each answer to typing brings a proposal with its reason", async () => {
  const field = await form();
  await answer("sales", "similar");
  expect([field.value, find("#id_community-hint").textContent]).toEqual(["sales", "similar"]);
  await answer("service", "most active");
  expect([field.value, find("#id_community-hint").textContent]).toEqual(["service", "most active"]);
});

test("what the person has chosen stays", async () => {
  const field = await form();
  field.value = "service";
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await answer("sales", "similar");
  expect([field.value, find<HTMLInputElement>("[name=chosen]").value]).toEqual(["service", "1"]);
});

test("where the person came from stays", async () => {
  const field = await form("1");
  field.value = "service";
  await answer("sales", "similar");
  expect(field.value).toBe("service");
});
