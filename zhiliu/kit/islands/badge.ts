import { Controller } from "@hotwired/stimulus";
import { showOnIcon, unreadOn } from "./lib/installed";

const ANEW = ["live:inbox", "live:reset"];

/**
 * Refetches the unread badges when the inbox changed (`live:inbox`) or events were missed (`live:reset`), and replaces
 * every `[data-badge]` of the page; the number on the icon of an installed app follows.
 */
export default class Badge extends Controller<HTMLElement> {
  static override values = { url: String };
  declare readonly urlValue: string;
  private timer = 0;

  override connect(): void {
    for (const name of ANEW) document.addEventListener(name, this.changed);
  }

  override disconnect(): void {
    for (const name of ANEW) document.removeEventListener(name, this.changed);
    clearTimeout(this.timer);
  }

  // Debounced: notifications often arrive in groups, and one request covers them all.
  private readonly changed = (): void => {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.fetch(), 400);
  };

  private async fetch(): Promise<void> {
    const answer = await fetch(this.urlValue, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const fresh of page.querySelectorAll<HTMLElement>("[data-badge]")) {
      const name = CSS.escape(fresh.dataset.badge ?? "");
      for (const old of document.querySelectorAll(`[data-badge="${name}"]`)) old.replaceChildren(...fresh.cloneNode(true).childNodes);
    }
    await showOnIcon(unreadOn(page));
  }
}
