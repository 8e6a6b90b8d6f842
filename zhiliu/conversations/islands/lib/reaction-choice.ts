import { favourites } from "./emoji";
import { EmojiPicker } from "./emoji-picker";

/**
 * The reactions in the sheet of a message: our words first, then the signs the person uses most, then a button for all
 * emoji, which take the place of the acts below.
 */
export class ReactionChoice {
  private readonly picker: EmojiPicker;
  private readonly more: HTMLElement | null;
  private readonly usual: string[];

  /** @param react gets a sign chosen among all emoji. */
  constructor(
    private readonly sheet: HTMLElement,
    react: (sign: string) => void,
  ) {
    this.picker = new EmojiPicker(react, () => this.closeByKey());
    this.more = sheet.querySelector<HTMLElement>('[data-act="all-reactions"]');
    this.usual = this.quick().map((button) => button.dataset.what ?? "");
    this.more?.addEventListener("click", () => (this.picker.element.isConnected ? this.close() : this.open()));
  }

  private quick(): HTMLElement[] {
    return [...this.sheet.querySelectorAll<HTMLElement>("[data-sign-choice]")];
  }

  /** Begin anew for another message. */
  begin(): void {
    this.close();
    const signs = favourites(this.usual, this.usual.length);
    this.quick().forEach((button, place) => (button.dataset.what = button.textContent = signs[place] ?? ""));
  }

  private open(): void {
    this.acts(false);
    this.sheet.querySelector(".reaction-choice")?.after(this.picker.element);
    this.more?.setAttribute("aria-expanded", "true");
    void this.picker.open();
  }

  private close(): void {
    this.picker.element.remove();
    this.more?.setAttribute("aria-expanded", "false");
    this.acts(true);
  }

  private closeByKey(): void {
    this.close();
    this.more?.focus();
  }

  private acts(visible: boolean): void {
    const list = this.sheet.querySelector<HTMLElement>(".big-list");
    if (list) list.hidden = !visible;
  }
}
