import { Controller } from "@hotwired/stimulus";

/** Disappears after six seconds, but stays while it has the pointer or the focus. */
export default class Toast extends Controller<HTMLElement> {
  static override values = { seconds: { type: Number, default: 6 } };
  declare readonly secondsValue: number;
  private timer = 0;

  override connect(): void {
    for (const name of ["pointerenter", "focusin"]) this.element.addEventListener(name, this.wait);
    for (const name of ["pointerleave", "focusout"]) this.element.addEventListener(name, this.count);
    this.count();
  }

  override disconnect(): void {
    clearTimeout(this.timer);
  }

  private readonly wait = (): void => clearTimeout(this.timer);

  private readonly count = (): void => {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.element.remove(), this.secondsValue * 1000);
  };
}
