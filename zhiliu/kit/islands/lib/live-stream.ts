/**
 * One EventSource for all tabs of a browser: the tab that holds a Web Lock listens, for what any tab wants to hear, and tells the
 * others through a BroadcastChannel. (Browsers open six connections to a server; a seventh tab must not wait for one.)
 *
 * The server sends unnamed events whose data is JSON with the name in `event`, for example
 * `id: 812\ndata: {"event": "inbox", "unread": 3}`; each becomes a DOM event `live:inbox` on `document`. `live:open` says that the
 * stream has just been opened: what happened before may have been missed. `live:reset` comes from the server: so much was missed that
 * what is shown is asked for anew.
 * The browser itself resumes with Last-Event-ID; after a closed page or a handed-over lock we resume with `?since=`.
 * Where a proxy holds the streams it does not know our positions: they stand in the data, and once the stream is open we ask for
 * what happened since the last one.
 */
import { newId } from "./ids";

const FRESH = 10 * 60 * 1000; // an older position is not resumed: the page itself is newer
const LONGEST_WAIT = 60_000;
const GATHER = 60;
const SETTLED = 500; // islands are there
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
   * @param missedUrl where to ask for what was missed, if the stream does not resume by itself; else empty.
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
    // Held until the tab goes away; then the next tab in the queue gets it and opens the stream.
    void navigator.locks.request(PLACE, () => new Promise<never>(() => this.lead()));
  }

  private tell(told: Told): void {
    this.channel?.postMessage(told);
  }

  private told(told: Told): void {
    if ("data" in told) this.dispatch(told.data);
    else if ("who" in told) this.tell({ want: this.topics, tab: this.tab });
    else if ("want" in told) this.heardWant(told.tab, told.want);
    else if ("gone" in told) this.wanted.delete(told.gone);
  }

  /**
   * Whether the page before, or another tab, has heard something while this page was on its way: it may not be in it, and is not told
   * again. Then the page asks anew, as when too much was missed.
   */
  private isBehind(): boolean {
    const kept = this.kept();
    return kept !== null && kept.at >= asked();
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
    if (topics.some((one) => !this.covered.has(one)) || !this.source) this.openSoon();
    // A page that came late hears from the start of the stream as well: it asks for what it may have missed.
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
      // While connecting the browser tries again by itself; closed means it was refused, and we come back more slowly each time.
      if (source.readyState === EventSource.CLOSED && source === this.source) this.openLater();
    };
  }

  private openLater(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  /** The stream is open, so whatever happens meanwhile comes, too; twice does no harm. */
  private async askMissed(): Promise<void> {
    const before = localStorage.getItem(PLACE);
    try {
      const answer = await fetch(this.address(this.missedUrl));
      if (!answer.ok) throw new Error(answer.statusText);
      const { missed } = (await answer.json()) as { missed: string[] };
      for (const data of missed) this.take("", data);
    } catch {
      // Asked again with the next stream, from where this one began.
      if (before) localStorage.setItem(PLACE, before);
      this.openLater();
    }
  }

  private address(path = ""): string {
    const address = new URL(this.url, location.href);
    if (path) address.pathname = path;
    address.searchParams.delete("topic");
    for (const topic of this.covered) address.searchParams.append("topic", topic);
    const kept = this.kept();
    if (kept && Date.now() - kept.at <= FRESH) address.searchParams.set("since", kept.id);
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

/** When this page was asked for, in milliseconds since 1970. */
function asked(): number {
  const [way] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return performance.timeOrigin + (way?.requestStart ?? 0);
}
