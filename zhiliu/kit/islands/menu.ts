import { Controller } from "@hotwired/stimulus";

/**
 * A menu: `<details data-controller="menu"><summary>…</summary><div class="menu">…</div></details>`. Works without
 * scripts; this adds one open menu at a time, Esc, a click outside, arrow keys, and a position inside the window.
 */
export default class Menu extends Controller<HTMLDetailsElement> {
  private readonly outside = (event: Event): void => {
    if (!this.element.contains(event.target as Node)) this.element.open = false;
  };

  override connect(): void {
    this.element.addEventListener("toggle", this.toggled);
    this.element.addEventListener("keydown", this.pressed);
  }

  override disconnect(): void {
    document.removeEventListener("pointerdown", this.outside);
    this.element.removeEventListener("toggle", this.toggled);
    this.element.removeEventListener("keydown", this.pressed);
  }

  private readonly toggled = (): void => {
    if (!this.element.open) return document.removeEventListener("pointerdown", this.outside);
    document.addEventListener("pointerdown", this.outside);
    for (const other of document.querySelectorAll<HTMLDetailsElement>("details.menu-place[open]")) {
      if (other !== this.element && !other.contains(this.element)) other.open = false;
    }
    this.stayInside();
  };

  /** Open to the other side at the edge of the window. */
  private stayInside(): void {
    const panel = this.element.querySelector(".menu");
    if (!panel) return;
    const box = panel.getBoundingClientRect();
    if (box.right > innerWidth - 8) panel.classList.add("end");
    if (box.bottom > innerHeight - 8 && box.height < this.element.getBoundingClientRect().top) panel.classList.add("up");
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.element.open) {
      this.element.open = false;
      this.element.querySelector("summary")?.focus();
      event.stopPropagation();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.element.open = true;
    const items = [...this.element.querySelectorAll<HTMLElement>(".menu :is(a, button):not([disabled])")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
  };
}
