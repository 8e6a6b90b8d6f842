import { Controller } from "@hotwired/stimulus";

const ANEW = ["live:read", "live:reset"];

interface Mark {
  channel: number;
  community: number | null;
  by: number | null;
}

/**
 * Unread marks in the navigation: they follow messages elsewhere (`live:mark`) and reading on other devices
 * (`live:read`), and are refetched if too many events were missed (`live:reset`).
 */
export default class UnreadMarks extends Controller<HTMLElement> {
  private asking = 0;

  override connect(): void {
    document.addEventListener("live:mark", this.said);
    for (const name of ANEW) document.addEventListener(name, this.fetchRail);
  }

  override disconnect(): void {
    document.removeEventListener("live:mark", this.said);
    for (const name of ANEW) document.removeEventListener(name, this.fetchRail);
    clearTimeout(this.asking);
  }

  private entry(channel: number): HTMLElement | null {
    return document.querySelector<HTMLElement>(`.rail [data-channel="${channel}"]`);
  }

  private readonly said = (event: Event): void => {
    const { channel, community, by } = (event as CustomEvent<Mark>).detail;
    if (String(by) === this.element.dataset.me) return;
    const entry = this.entry(channel);
    // Neither a muted channel nor the open one marks its community as new.
    if (entry && (entry.hasAttribute("data-muted") || isRead(entry))) return;
    if (entry) this.show(entry, Number(entry.dataset.unread ?? 0) + 1);
    if (entry) this.countInAll();
    if (community) document.querySelector(`.rail [data-community="${community}"]`)?.classList.add("new");
    // A new direct message is not in the navigation yet.
    if (!entry && !community) this.fetchRail();
  };

  private show(entry: HTMLElement, unread: number): void {
    entry.dataset.unread = String(unread);
    entry.classList.add("new");
    const badge = entry.querySelector(".count");
    const count = badge ?? entry.appendChild(document.createElement("span"));
    if (!badge) count.className = "count";
    count.textContent = unread > 99 ? "99+" : String(unread);
  }

  /** The entry of all channels shows how many mention the reader, which only the server knows, or else how many there are. */
  private countInAll(): void {
    const all = document.querySelector<HTMLElement>('.rail [data-key="talk"]');
    const badge = all?.querySelector(".count");
    if (!all || badge?.classList.contains("calls")) return;
    const number = (badge?.querySelector("[aria-hidden]") ?? badge)?.textContent?.trim() ?? "0";
    if (number !== "99+") this.show(all, Number(number) + 1);
  }

  /** Refetch the navigation; debounced. */
  private readonly fetchRail = (): void => {
    clearTimeout(this.asking);
    this.asking = window.setTimeout(() => void this.swapRail(), 600);
  };

  private async swapRail(): Promise<void> {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(".rail-scroll");
    const old = document.querySelector(".rail-scroll");
    if (fresh && old && !old.contains(document.activeElement)) old.replaceWith(fresh);
  }
}

/** Whether the channel is open and visible. */
function isRead(entry: HTMLElement): boolean {
  return entry.getAttribute("aria-current") === "page" && !document.hidden;
}
