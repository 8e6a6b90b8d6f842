import { Controller } from "@hotwired/stimulus";
import { drafts } from "../../kit/islands/lib/drafts";

/**
 * A list of channels: a row whose channel has an unsent text, on this device or another, shows that in place of its last words. The
 * text of the mark comes from the page (`data-channel-drafts-label-value`, with ``%s``).
 */
export default class ChannelDrafts extends Controller<HTMLElement> {
  static override values = { label: String };
  declare readonly labelValue: string;
  private readonly watcher = new MutationObserver(() => this.show());

  override connect(): void {
    addEventListener("pageshow", this.show);
    addEventListener("storage", this.show);
    this.show();
  }

  override disconnect(): void {
    removeEventListener("pageshow", this.show);
    removeEventListener("storage", this.show);
    this.watcher.disconnect();
  }

  private readonly show = (): void => {
    this.watcher.disconnect();
    for (const row of this.element.querySelectorAll<HTMLElement>("[data-channel-row]")) this.showIn(row);
    // The list is fetched anew when something is said elsewhere.
    this.watcher.observe(this.element, { childList: true, subtree: true });
  };

  private showIn(row: HTMLElement): void {
    const text = (drafts(`channel-${row.dataset.channelRow}-0`)[0]?.text["body"] ?? row.dataset.unsent ?? "").replace(/\s+/g, " ").trim();
    const words = row.querySelector<HTMLElement>("[data-last-words]");
    const shown = row.querySelector<HTMLElement>("[data-draft-words]");
    if (words) words.hidden = Boolean(text);
    if (!text) return shown?.remove();
    const line = shown ?? document.createElement("p");
    line.className = "last-words small one-line warn-text";
    line.dataset.draftWords = "";
    line.textContent = this.labelValue.replace("%s", () => text);
    if (!shown) row.querySelector(".body")?.append(line);
  }
}
