import { Controller } from "@hotwired/stimulus";

/** Grows a textarea with its text, up to its `max-height`. */
export default class Autogrow extends Controller<HTMLTextAreaElement> {
  override connect(): void {
    this.element.addEventListener("input", this.grow);
    this.element.form?.addEventListener("reset", this.later);
    this.grow();
  }

  override disconnect(): void {
    this.element.removeEventListener("input", this.grow);
    this.element.form?.removeEventListener("reset", this.later);
  }

  private readonly later = (): void => void setTimeout(this.grow);

  private readonly grow = (): void => {
    if (!this.element.offsetParent) return;
    this.element.style.height = "auto";
    const edge = this.element.offsetHeight - this.element.clientHeight;
    this.element.style.height = `${this.element.scrollHeight + edge}px`;
  };
}
