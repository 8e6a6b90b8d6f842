import { beforeEach, expect, test, vi } from "vitest";
import { LiveStream } from "../../../zhiliu/kit/islands/lib/live-stream";
import { type Asked, serve, settle } from "../../islands";

const CLOSED = 2;

class Source {
  static readonly CLOSED = CLOSED;
  onopen?: () => void;
  onmessage?: (event: { data: string; lastEventId: string }) => void;
  onerror?: () => void;
  readyState = 0;

  constructor(readonly address: string) {
    sources.push(this);
  }

  close(): void {
    this.readyState = CLOSED;
  }

  /** The server refuses, or is away. */
  refuse(): void {
    this.readyState = CLOSED;
    this.onerror?.();
  }

  say(event: object, lastEventId = ""): void {
    this.onmessage?.({ data: JSON.stringify(event), lastEventId });
  }

  get topics(): string[] {
    return new URL(this.address).searchParams.getAll("topic");
  }

  get since(): string | null {
    return new URL(this.address).searchParams.get("since");
  }
}

/** Tells the other tabs, at once. */
class Channel {
  onmessage?: (event: { data: unknown }) => void;

  constructor() {
    channels.push(this);
  }

  postMessage(data: unknown): void {
    for (const other of channels) if (other !== this) other.onmessage?.({ data });
  }
}

let sources: Source[];
let channels: Channel[];
let holders: (() => void)[];
let heard: string[];
let missed: string;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000_000_000 });
  [sources, channels, holders, heard, missed] = [[], [], [], [], ""];
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("BroadcastChannel", Channel);
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ requestStart: 0 }] as unknown as PerformanceEntryList);
  vi.spyOn(performance, "timeOrigin", "get").mockReturnValue(1_000_000_000_000);
  // The first tab gets the lock, the others wait for it.
  const request = (_name: string, act: () => void) => {
    holders.push(act);
    if (holders.length === 1) act();
    return new Promise(() => undefined);
  };
  vi.stubGlobal("navigator", { locks: { request } });
});

function listen(name: string): void {
  const ears = heard;
  document.addEventListener(`live:${name}`, (event) => ears.push(`${name} ${JSON.stringify((event as CustomEvent).detail)}`));
}

/** A tab with a page that wants to hear of these topics. */
function tab(...topics: string[]): void {
  new LiveStream(`/stream/?${topics.map((topic) => `topic=${topic}`).join("&")}`, missed);
  vi.advanceTimersByTime(60);
}


/** The stream that is open now. */
function stream(): Source {
  const open = sources.filter((source) => source.readyState !== CLOSED);
  expect(open.length).toBe(1);
  return open[0]!;
}

function position(): unknown {
  return JSON.parse(localStorage.getItem("live") ?? "null");
}

test("what the server says becomes an event of the page, without its name in the detail", () => {
  listen("inbox");
  tab("inbox");
  stream().say({ event: "inbox", unread: 3 });
  expect(heard).toEqual(['inbox {"unread":3}']);
});

test("an open stream is told, since news before it may have been missed", () => {
  listen("open");
  tab("inbox");
  expect(heard).toEqual([]);
  stream().onopen?.();
  expect(heard).toEqual(["open {}"]);
});

test("of several tabs one listens, for what all of them want", () => {
  tab("inbox");
  tab("inbox", "channel-3");
  expect(sources.length).toBe(2);
  expect(stream().topics).toEqual(["inbox", "channel-3"]);
});

test("with a third tab still only the first one listens", () => {
  for (const topic of ["inbox", "channel-3", "channel-4"]) tab(topic);
  expect(stream().topics).toEqual(["inbox", "channel-3", "channel-4"]);
});

test("each tab hears what the listening one hears", () => {
  listen("inbox");
  tab("inbox");
  tab("inbox");
  stream().say({ event: "inbox" });
  expect(heard).toEqual(["inbox {}", "inbox {}"]);
});

test("a late tab whose topics are covered changes nothing of the stream, and is told to ask for what it missed", () => {
  tab("inbox", "channel-3");
  listen("open");
  tab("inbox");
  expect([sources.length, heard]).toEqual([1, ["open {}"]]);
});

test("when the listening tab goes away the next one listens, from where the first had come", () => {
  tab("inbox");
  tab("channel-3");
  stream().say({ event: "inbox" }, "812");
  stream().close();
  holders[1]!();
  vi.advanceTimersByTime(60);
  expect([stream().since, stream().topics.toSorted()]).toEqual(["812", ["channel-3", "inbox"]]);
});

test("topics nobody wants any more are left out when a stream is opened anew", () => {
  tab("inbox");
  tab("channel-3");
  expect(stream().topics).toEqual(["inbox", "channel-3"]);
  dispatchEvent(new Event("pagehide"));
  stream().refuse();
  vi.advanceTimersByTime(2000);
  expect(stream().topics).toEqual(["inbox"]);
});

test("the position is kept, and resumed while it is fresh", () => {
  tab("inbox");
  stream().say({ event: "inbox" }, "812");
  expect(position()).toEqual({ id: "812", at: Date.now() });
  stream().say({ event: "typing" });
  expect(position()).toEqual({ id: "812", at: Date.now() });
  vi.advanceTimersByTime(10 * 60 * 1000 - 2000);
  stream().refuse();
  vi.advanceTimersByTime(1500);
  expect(stream().since).toBe("812");
  stream().refuse();
  vi.advanceTimersByTime(3000);
  expect(stream().since).toBeNull();
});

test("a refused stream comes back more slowly each time, up to a minute, and at once after it was open", () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  tab("inbox");
  const waits = Array.from({ length: 8 }, () => {
    stream().refuse();
    const before = Date.now();
    vi.advanceTimersToNextTimer();
    return (Date.now() - before) / 1000;
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  stream().onopen?.();
  stream().refuse();
  vi.advanceTimersByTime(1000);
  expect(sources.length).toBe(10);
});

test("while the browser connects again by itself no second stream is opened", () => {
  tab("inbox");
  stream().onerror?.();
  vi.advanceTimersByTime(60_000);
  expect(sources.length).toBe(1);
});

test("a browser without locks listens in each tab", () => {
  vi.stubGlobal("navigator", {});
  tab("inbox");
  tab("inbox");
  expect(sources.length).toBe(2);
});

test("news that came while the page was on its way make it ask anew, once its islands are there", () => {
  localStorage.setItem("live", JSON.stringify({ id: "5", at: 1_000_000_000_000 }));
  listen("reset");
  tab("inbox");
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(440);
  expect(heard).toEqual(["reset {}"]);
});

test("news from before the page was asked for are in it", () => {
  localStorage.setItem("live", JSON.stringify({ id: "5", at: 999_999_999_999 }));
  listen("reset");
  tab("inbox");
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual([]);
});

// -- behind a proxy that does not know our positions --------------------------------------------------------------------

function proxied(answer: (asked: Asked) => unknown): Asked[] {
  missed = "/stream/missed/";
  return serve(answer);
}

test("behind a proxy what was missed is asked for once the stream is open, and told to all tabs", async () => {
  localStorage.setItem("live", JSON.stringify({ id: "812", at: 999_999_999_999 }));
  const asked = proxied(() => ({ missed: ['{"event":"inbox","position":813}'] }));
  listen("inbox");
  tab("inbox");
  tab("inbox");
  stream().onopen?.();
  await settle();
  expect(asked.map(({ url }) => url.pathname + url.search)).toEqual(["/stream/missed/?topic=inbox&since=812"]);
  expect(heard).toEqual(['inbox {"position":813}', 'inbox {"position":813}']);
  expect(position()).toEqual({ id: "813", at: Date.now() });
});

test("behind a proxy its own ids are no positions", () => {
  proxied(() => ({ missed: [] }));
  tab("inbox");
  stream().say({ event: "inbox", position: 813 }, "proxy-1");
  expect(position()).toEqual({ id: "813", at: Date.now() });
});

test("where what was missed could not be had, it is asked for again from the same place", async () => {
  localStorage.setItem("live", JSON.stringify({ id: "812", at: 999_999_999_999 }));
  let dead = true;
  const asked = proxied(() => (dead ? new Error("dead") : { missed: [] }));
  tab("inbox");
  stream().onopen?.();
  stream().say({ event: "inbox", position: 820 });
  await settle();
  dead = false;
  await vi.advanceTimersByTimeAsync(2000);
  stream().onopen?.();
  await settle();
  expect(asked.map(({ url }) => url.searchParams.get("since"))).toEqual(["812", "812"]);
});
