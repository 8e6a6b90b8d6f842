import { EmojiPicker } from "./emoji-picker";

/** A button that opens the emoji above the field it belongs to. Escape, a press elsewhere or the button close them. */
export class EmojiAbove {
  private readonly picker: EmojiPicker;

  /** @param place holds the emoji, before its other content. @param chosen gets a sign; they stay open until `close`. */
  constructor(
    private readonly button: HTMLElement,
    private readonly place: HTMLElement,
    chosen: (sign: string) => void,
  ) {
    this.picker = new EmojiPicker(chosen, () => this.closeByKey());
    this.picker.element.classList.add("above");
    button.hidden = false;
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
  }

  private get isOpen(): boolean {
    return this.picker.element.isConnected;
  }

  private open(): void {
    this.place.prepend(this.picker.element);
    this.button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", this.pressedOutside);
    void this.picker.open();
  }

  close(): void {
    this.picker.element.remove();
    this.button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", this.pressedOutside);
  }

  private closeByKey(): void {
    this.close();
    this.button.focus();
  }

  private readonly pressedOutside = ({ target }: Event): void => {
    if (target instanceof Node && !this.picker.element.contains(target) && !this.button.contains(target)) this.close();
  };
}
