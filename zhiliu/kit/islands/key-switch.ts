import { Controller } from "@hotwired/stimulus";
import { keysAreOff, switchKeys } from "./lib/single-keys";

/** The switch "use single keys" in the keys dialog. */
export default class KeySwitch extends Controller<HTMLInputElement> {
  override connect(): void {
    this.element.checked = !keysAreOff();
    this.element.addEventListener("change", () => switchKeys(this.element.checked));
  }
}
