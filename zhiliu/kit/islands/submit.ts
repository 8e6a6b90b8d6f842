import { Controller } from "@hotwired/stimulus";
import { word } from "./lib/words";

/**
 * A form that is sent once: its button shows progress and keeps its width, a second press does nothing, Ctrl Enter
 * submits. Enter that ends an input-method composition never submits. Works for plain and for htmx forms.
 */
export default class Submit extends Controller<HTMLFormElement> {
  private busy: { button: HTMLElement; inside: Node[] } | undefined;

  override connect(): void {
    this.element.addEventListener("submit", this.sending, true);
    this.element.addEventListener("keydown", this.pressed, true);
    this.element.addEventListener("htmx:finally:request", this.done);
    addEventListener("pageshow", this.done);
  }

  override disconnect(): void {
    this.element.removeEventListener("submit", this.sending, true);
    this.element.removeEventListener("keydown", this.pressed, true);
    this.element.removeEventListener("htmx:finally:request", this.done);
    removeEventListener("pageshow", this.done);
  }

  private readonly sending = (event: SubmitEvent): void => {
    if (this.busy) return this.stop(event);
    const button = (event.submitter ?? this.element.querySelector("button.main, button:not([type=button])")) as HTMLElement | null;
    if (!button || button.getAttribute("aria-disabled") === "true") return button ? this.stop(event) : undefined;
    this.busy = { button, inside: [...button.childNodes] };
    button.style.minWidth = `${button.offsetWidth}px`;
    button.setAttribute("aria-busy", "true");
    if (button.textContent?.trim()) button.replaceChildren(word("busy"));
  };

  private readonly done = (): void => {
    if (!this.busy) return;
    const { button, inside } = this.busy;
    this.busy = undefined;
    button.removeAttribute("aria-busy");
    button.style.minWidth = "";
    button.replaceChildren(...inside);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    if (event.isComposing || event.keyCode === 229) return this.stop(event);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.element.requestSubmit();
    }
  };

  private stop(event: Event): void {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
