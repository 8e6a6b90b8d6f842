/**
 * One EventSource for all tabs of a browser: the tab that holds a Web Lock listens and tells the others through a BroadcastChannel.
 *
 * The server sends unnamed events whose data is JSON with the name in `event`, for example
 * `id: 812\ndata: {"event": "inbox", "unread": 3}`; each becomes a DOM event `live:inbox` on `document`.
 * The browser itself resumes with Last-Event-ID; after a closed page or a handed-over lock we resume with `?since=`.
 */
const FRESH = 10 * 60 * 1000; // an older position is not resumed: the page itself is newer
const LONGEST_WAIT = 60_000;

interface Position {
  id: string;
  at: number;
}

export class LiveStream {
  private readonly channel: BroadcastChannel | undefined;
  private wait = 1000;

  /** @param url address of the stream, same origin. */
  constructor(private readonly url: string) {
    if (!("BroadcastChannel" in window) || !navigator.locks) return this.open(), this;
    this.channel = new BroadcastChannel(`live:${url}`);
    this.channel.onmessage = (event: MessageEvent<string>) => this.dispatch(event.data);
    // Held until the tab goes away; then the next tab in the queue gets it and opens the stream.
    void navigator.locks.request(`live:${url}`, () => new Promise<never>(() => this.open()));
  }

  private open(): void {
    const source = new EventSource(this.address());
    source.onopen = () => (this.wait = 1000);
    source.onmessage = (event) => this.received(event);
    source.onerror = () => {
      // While connecting the browser tries again by itself; closed means it was refused, and we come back more slowly each time.
      if (source.readyState === EventSource.CLOSED) this.openLater();
    };
  }

  private openLater(): void {
    setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  private address(): string {
    const kept = JSON.parse(localStorage.getItem(this.place()) ?? "null") as Position | null;
    if (!kept || Date.now() - kept.at > FRESH) return this.url;
    const address = new URL(this.url, location.href);
    address.searchParams.set("since", kept.id);
    return address.toString();
  }

  private received(event: MessageEvent<string>): void {
    if (event.lastEventId) localStorage.setItem(this.place(), JSON.stringify({ id: event.lastEventId, at: Date.now() }));
    this.dispatch(event.data);
    this.channel?.postMessage(event.data);
  }

  private dispatch(data: string): void {
    const { event, ...detail } = JSON.parse(data) as { event: string };
    document.dispatchEvent(new CustomEvent(`live:${event}`, { detail }));
  }

  private place(): string {
    return `live:${this.url}`;
  }
}
