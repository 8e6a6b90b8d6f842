import { Controller } from "@hotwired/stimulus";

/** A `<dialog>` that Esc, a press outside it, or `dialog#close` closes; typed text stays for the next opening. */
export default class Dialog extends Controller<HTMLDialogElement> {
  override connect(): void {
    this.element.addEventListener("pointerdown", this.beside);
  }

  override disconnect(): void {
    this.element.removeEventListener("pointerdown", this.beside);
  }

  close(): void {
    this.element.close();
  }

  private readonly beside = (event: PointerEvent): void => {
    if (event.target !== this.element) return;
    const box = this.element.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) this.close();
  };
}
