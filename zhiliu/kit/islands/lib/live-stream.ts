/**
 * One EventSource for all tabs of a browser: the tab that holds a Web Lock subscribes to the topics of all tabs and
 * forwards events through a BroadcastChannel. (Browsers open six connections per server; a seventh tab must not wait
 * for one.)
 *
 * The server sends unnamed events whose data is JSON with the name in `event`, for example `id: 812\ndata: {"event":
 * "inbox", "unread": 3}`; each becomes a DOM event `live:inbox` on `document`. `live:open` means that the stream has
 * just been opened: earlier events may have been missed. `live:reset` comes from the server: so much was missed that
 * islands refetch what they show. The browser itself resumes with Last-Event-ID; after a closed page or a lock handover
 * we resume with `?since=`. A proxy that holds the streams does not know our positions. Then they are in the data, and
 * once the stream is open we fetch the events since the last one.
 */
import { newId } from "./ids";

const FRESH = 10 * 60 * 1000; // an older position is not resumed: the page itself is newer
const LONGEST_WAIT = 60_000;
const GATHER = 60;
const SETTLED = 500; // islands are connected by then
const PLACE = "live";

interface Position {
  id: string;
  at: number;
}

type Told = { want: string[]; tab: string } | { gone: string } | { who: true } | { data: string };

export class LiveStream {
  private readonly tab = newId();
  private readonly topics: string[];
  private readonly wanted = new Map<string, string[]>();
  private channel: BroadcastChannel | undefined;
  private source: EventSource | undefined;
  private covered = new Set<string>();
  private leads = false;
  private timer = 0;
  private wait = 1000;

  /**
   * @param url address of the stream, same origin, with a parameter `topic` for each topic of this page.
   * @param missedUrl where to fetch missed events if the stream does not resume by itself; else empty.
   */
  constructor(
    private readonly url: string,
    private readonly missedUrl: string,
  ) {
    this.topics = new URL(url, location.href).searchParams.getAll("topic");
    this.wanted.set(this.tab, this.topics);
    if ("BroadcastChannel" in window && navigator.locks) this.joinTabs();
    else this.open();
    if (this.isBehind()) setTimeout(() => this.dispatch(JSON.stringify({ event: "reset" })), SETTLED);
  }

  private joinTabs(): void {
    this.channel = new BroadcastChannel(PLACE);
    this.channel.onmessage = (event: MessageEvent<Told>) => this.told(event.data);
    this.tell({ want: this.topics, tab: this.tab });
    addEventListener("pagehide", () => this.tell({ gone: this.tab }));
    // The lock is held until the tab closes; then the next tab in the queue gets it and opens the stream.
    void navigator.locks.request(PLACE, () => new Promise<never>(() => this.lead()));
  }

  private tell(event: Told): void {
    this.channel?.postMessage(event);
  }

  private told(event: Told): void {
    if ("data" in event) this.dispatch(event.data);
    else if ("who" in event) this.tell({ want: this.topics, tab: this.tab });
    else if ("want" in event) this.heardWant(event.tab, event.want);
    else if ("gone" in event) this.wanted.delete(event.gone);
  }

  /**
   * True if the previous page or another tab received an event while this page was loading. The page may lack it and
   * will not get it again, so it refetches as after `live:reset`.
   */
  private isBehind(): boolean {
    const stored = this.kept();
    return stored !== null && stored.at >= asked();
  }

  private kept(): Position | null {
    return JSON.parse(localStorage.getItem(PLACE) ?? "null") as Position | null;
  }

  private lead(): void {
    this.leads = true;
    this.tell({ who: true });
    this.openSoon();
  }

  private heardWant(tab: string, topics: string[]): void {
    this.wanted.set(tab, topics);
    if (!this.leads) return;
    if (topics.some((topic) => !this.covered.has(topic)) || !this.source) this.openSoon();
    // A late page gets the start of the stream too: it fetches what it may have missed.
    else this.tell({ data: JSON.stringify({ event: "open" }) });
  }

  private openSoon(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), GATHER);
  }

  private open(): void {
    this.source?.close();
    this.covered = new Set([...this.wanted.values()].flat());
    const source = new EventSource(this.address());
    this.source = source;
    source.onopen = () => {
      this.wait = 1000;
      this.share(JSON.stringify({ event: "open" }));
      if (this.missedUrl) void this.askMissed();
    };
    source.onmessage = (event) => this.received(event);
    source.onerror = () => {
      // While connecting, the browser retries by itself. Closed means refused: we retry with growing delays.
      if (source.readyState === EventSource.CLOSED && source === this.source) this.openLater();
    };
  }

  private openLater(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  /** The stream is open, so new events arrive meanwhile; handling one twice is harmless. */
  private async askMissed(): Promise<void> {
    const before = localStorage.getItem(PLACE);
    try {
      const answer = await fetch(this.address(this.missedUrl));
      if (!answer.ok) throw new Error(answer.statusText);
      const { missed } = (await answer.json()) as { missed: string[] };
      for (const data of missed) this.take("", data);
    } catch {
      // Retried with the next stream, from the position where this one began.
      if (before) localStorage.setItem(PLACE, before);
      this.openLater();
    }
  }

  private address(path = ""): string {
    const address = new URL(this.url, location.href);
    if (path) address.pathname = path;
    address.searchParams.delete("topic");
    for (const topic of this.covered) address.searchParams.append("topic", topic);
    const stored = this.kept();
    if (stored && Date.now() - stored.at <= FRESH) address.searchParams.set("since", stored.id);
    return address.toString();
  }

  private received(event: MessageEvent<string>): void {
    this.take(this.missedUrl ? "" : event.lastEventId, event.data);
  }

  private take(lastEventId: string, data: string): void {
    const id = lastEventId || (JSON.parse(data) as { position?: number }).position?.toString();
    if (id) localStorage.setItem(PLACE, JSON.stringify({ id, at: Date.now() }));
    this.share(data);
  }

  private share(data: string): void {
    this.dispatch(data);
    this.tell({ data });
  }

  private dispatch(data: string): void {
    const { event, ...detail } = JSON.parse(data) as { event: string };
    document.dispatchEvent(new CustomEvent(`live:${event}`, { detail }));
  }
}

/** Return when this page was requested, in milliseconds since 1970. */
function asked(): number {
  const [way] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return performance.timeOrigin + (way?.requestStart ?? 0);
}
