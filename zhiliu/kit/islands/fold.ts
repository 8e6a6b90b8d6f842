import { Controller } from "@hotwired/stimulus";
import { isTyping } from "./lib/typing";
import { keysAreOff } from "./lib/single-keys";

/**
 * `[` folds the navigation, `]` the side panel; this device remembers both (`early.js` applies them before the first
 * paint).
 */
export default class Fold extends Controller {
  override connect(): void {
    document.addEventListener("keydown", this.pressed);
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.pressed);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const side = { "[": "rail", "]": "panel" }[event.key];
    if (!side || event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || keysAreOff()) return;
    const root = document.documentElement;
    if (root.dataset[side]) delete root.dataset[side];
    else root.dataset[side] = "folded";
    localStorage.setItem(`fold:${side}`, root.dataset[side] ?? "");
  };
}
