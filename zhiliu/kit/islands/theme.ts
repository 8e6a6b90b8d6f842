import { Controller } from "@hotwired/stimulus";
import { meta } from "./lib/words";

/** The form that chooses the light, dark or device theme: applies it at once and saves it in the background. */
export default class Theme extends Controller<HTMLFormElement> {
  choose(event: Event): void {
    event.preventDefault();
    const chosen = event.currentTarget as HTMLButtonElement;
    const root = document.documentElement;
    if (chosen.value === "system") delete root.dataset.theme;
    else root.dataset.theme = chosen.value;
    // The menu and the sheet of the phone both show the choice.
    const all = document.querySelectorAll<HTMLButtonElement>('[data-controller~="theme"] button');
    for (const button of all) button.setAttribute("aria-pressed", String(button.value === chosen.value));
    const body = new FormData(this.element);
    body.set("theme", chosen.value);
    void fetch(this.element.action, { method: "POST", body, headers: { "X-CSRFToken": meta("csrf-token") }, redirect: "manual" });
  }
}
