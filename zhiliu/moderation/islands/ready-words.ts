import { Controller } from "@hotwired/stimulus";

/** Copies a chosen canned response into the form's text field: `data-action="ready-words#take"` on the select. */
export default class ReadyWords extends Controller<HTMLFormElement> {
  static override targets = ["choice"];
  declare readonly choiceTarget: HTMLSelectElement;

  take(): void {
    const field = this.element.querySelector("textarea");
    if (!field) return;
    field.value = this.choiceTarget.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
}
