import { Controller } from "@hotwired/stimulus";

/** Ctrl K or ⌘ K goes to the search box; Esc leaves it. */
export default class SearchBox extends Controller<HTMLFormElement> {
  static override targets = ["field"];
  declare readonly fieldTarget: HTMLInputElement;

  override connect(): void {
    document.addEventListener("keydown", this.pressed);
    if (/Mac|iPhone|iPad/.test(navigator.platform)) this.element.querySelector("kbd")?.replaceChildren("⌘ K");
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.pressed);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && document.activeElement === this.fieldTarget) this.fieldTarget.blur();
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || event.isComposing) return;
    event.preventDefault();
    this.fieldTarget.focus();
    this.fieldTarget.select();
  };
}
