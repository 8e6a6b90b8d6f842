import { Controller } from "@hotwired/stimulus";

/** Ready words go into the form's text field when they are chosen: `data-action="ready-words#take"` on the select. */
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
