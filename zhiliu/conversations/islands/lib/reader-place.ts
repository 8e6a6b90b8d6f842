import { RefusedError, ask, send } from "./asking";
import type { MessageList } from "./message-list";
import { type Stretch, phrase } from "./said";

const NEAR = 700;
const BOTTOM = 80;
const SETTLED = 400;
const FIRST_LOOK = 300;

interface Doors {
  /** URL to fetch ranges of the channel. */
  messages: string;
  /** URL to report the read state. */
  mark: string;
}

/**
 * The reader's position in a channel: keeps them at the end while they are there, loads more near an edge, and marks
 * what they have seen as read. (A thread on its own page is loaded whole, and nothing is marked.)
 */
export class ReaderPlace {
  private loading = false;
  private fresh = 0;
  private settling = 0;
  private looking = 0;
  /**
   * Whether the reader is at the end: anything that grows below (a card, a picture, their input) or resizes the window
   * keeps them there.
   */
  private keepsEnd = false;
  private size = "";

  /** @param read the last number the reader has read. @param button scrolls to the end. */
  constructor(
    private readonly page: HTMLElement,
    private readonly list: MessageList,
    private readonly doors: Doors,
    private read: number,
    private readonly button: HTMLElement | undefined,
  ) {
    addEventListener("scroll", this.scrolled, { passive: true });
    // A window that only loses height does not resize anything in it.
    addEventListener("resize", this.stay);
    document.addEventListener("visibilitychange", this.seen);
    addEventListener("online", this.seen);
  }

  /** Scroll to the requested message, the first unread one, or the end. */
  begin(): void {
    const place = this.page.querySelector(".said.target") ?? document.getElementById("new-line");
    if (place) this.beginAt(place);
    else this.toEnd();
    void this.fill();
    this.looking = window.setTimeout(this.seen, FIRST_LOOK);
    this.growth.observe(this.page);
  }

  /** Where the place is near the end, pictures that load later must not push the end out of the window. */
  private beginAt(place: Element): void {
    place.scrollIntoView({ block: place.id ? "start" : "center" });
    this.keepsEnd = this.isAtEnd() && !this.list.newer;
    this.size = sizeOfPage();
  }

  stop(): void {
    removeEventListener("scroll", this.scrolled);
    removeEventListener("resize", this.stay);
    document.removeEventListener("visibilitychange", this.seen);
    removeEventListener("online", this.seen);
    this.growth.disconnect();
    clearTimeout(this.looking);
    clearTimeout(this.settling);
  }

  isAtEnd(): boolean {
    return innerHeight + scrollY >= document.documentElement.scrollHeight - BOTTOM;
  }

  private toEnd(): void {
    this.keepsEnd = true;
    this.stay();
    this.tellFresh(0);
  }

  private readonly stay = (): void => {
    if (!this.keepsEnd) return;
    this.size = sizeOfPage();
    scrollTo({ top: document.documentElement.scrollHeight });
  };

  private readonly growth = new ResizeObserver(this.stay);

  async goToEnd(): Promise<void> {
    if (this.list.newer) {
      const stretch = await ask<Stretch>(this.doors.messages).catch(() => null);
      if (!stretch) return;
      this.list.clear();
      this.take(stretch, "end");
      this.list.older = stretch.older;
    }
    this.toEnd();
  }

  /** Handle messages added below: scroll along, or show their number. */
  came(added: number, wasAtEnd: boolean): void {
    if (wasAtEnd && !document.hidden && !this.list.newer) this.toEnd();
    else this.tellFresh(this.fresh + added);
    this.seen();
  }

  private tellFresh(count: number): void {
    this.fresh = count;
    if (!this.button) return;
    const visible = count > 0 || this.list.newer;
    this.button.hidden = !visible;
    (this.button.lastElementChild as HTMLElement).textContent = count ? phrase("count", count) : phrase("toEnd");
  }

  private readonly scrolled = (): void => {
    void this.fill();
    // A scroll in progress is reported before the observer sees the new size: the end moved, not the reader.
    if (this.keepsEnd && this.size !== sizeOfPage()) this.stay();
    this.keepsEnd = this.isAtEnd() && !this.list.newer;
    if (this.keepsEnd) this.tellFresh(0);
    clearTimeout(this.settling);
    this.settling = window.setTimeout(this.seen, SETTLED);
  };

  private take(stretch: Stretch, where: "start" | "end"): void {
    this.list.remember(stretch.mine);
    if (where === "start") this.list.older = stretch.older;
    else this.list.newer = stretch.newer;
    this.list.add(stretch.messages, where);
  }

  /** Load more on the side the reader approaches. */
  private async fill(): Promise<void> {
    if (this.loading || this.list.root) return;
    const up = this.list.older && scrollY < NEAR;
    const down = !up && this.list.newer && innerHeight + scrollY > document.documentElement.scrollHeight - NEAR;
    if (!up && !down) return;
    this.loading = true;
    try {
      const side: Record<string, number> = up ? { before: this.list.first() } : { after: this.list.last() };
      this.take(await ask<Stretch>(this.doors.messages, side), up ? "start" : "end");
    } catch {
      // Offline: the next scroll retries.
    } finally {
      this.loading = false;
    }
  }

  /** Mark messages whose end is in the window as read; throttled, and never while the window is hidden. */
  private readonly seen = (): void => {
    if (document.hidden || this.list.root) return;
    const edge = innerHeight - (this.page.querySelector(".composer-place")?.getBoundingClientRect().height ?? 0);
    const read = this.list.articles().filter((article) => article.getBoundingClientRect().bottom <= edge + 4);
    const number = Math.max(0, ...read.map((article) => Number(article.dataset.number)));
    if (number <= this.read) return;
    void this.mark(number);
  };

  /** Whoever reads the last message and leaves has read it; without a line it is told when there is one again. */
  private async mark(number: number): Promise<void> {
    const before = this.read;
    this.read = number;
    try {
      await send(this.doors.mark, { number }, true);
    } catch (error) {
      if (!(error instanceof RefusedError) && this.read === number) this.read = before;
    }
  }

  /** The state was updated on another device. */
  readElsewhere(number: number): void {
    this.read = number;
  }

  /** Stop marking by looking: only later messages count. */
  leaveUnread(): void {
    this.read = Number.MAX_SAFE_INTEGER;
  }
}

function sizeOfPage(): string {
  return `${innerWidth} ${innerHeight} ${document.documentElement.scrollHeight}`;
}
