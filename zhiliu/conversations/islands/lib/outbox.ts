import { RefusedError, send, SignedOutError } from "./asking";
import { phrase } from "./said";
import { secondsOf } from "./sound-length";

const LONGEST_WAIT = 30_000;
/** How long a page that ended unexpectedly had to send its files, in milliseconds. */
const ABANDONED = 600_000;

/** A message being sent: stored here until the server confirms it. */
export interface Outgoing {
  client: string;
  body: string;
  root: number;
  called: number[];
  /** The message it quotes. */
  quotes?: number;
  /** The version of the text that waited unsent on all devices and becomes this message. */
  unsent?: number;
  refused?: string;
  /** Refused only because the session had expired. */
  signedOut?: boolean;
  /** The number of attached files. Only the page that holds them can send it. */
  files?: number;
  /** When it was written, in milliseconds. */
  since?: number;
}

/** The server's answer; a held message has arrived too, and is not sent again. */
type Answer = { held?: number; said?: string } | null;

/**
 * Messages that are not on the server yet, in order, on this device. Offline they wait and are retried with the same client id, so that
 * none is lost or duplicated; they survive a reload. Files do not: the page asks before it is left, and a message whose files were lost
 * waits until the author decides to send it without them.
 */
export class Outbox {
  private readonly files = new Map<string, File[]>();
  private busy = false;
  private stopped = false;
  private wait = 1000;
  private timer = 0;

  /**
   * @param url where messages go. @param key of the store. @param draw shows the messages being sent.
   * @param sent called when the server has one, with a text if it was held for review.
   */
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly draw: (waiting: Outgoing[]) => void,
    private readonly sent: (outgoing: Outgoing, heldBack?: string) => void,
  ) {
    addEventListener("online", this.hurry);
    addEventListener("beforeunload", this.leaving);
    addEventListener("pagehide", this.left);
  }

  /** Retry messages that waited for signing in; refuse those whose files are lost with a closed page. */
  start(): void {
    this.keep(
      this.waiting().map((outgoing) => {
        if (outgoing.signedOut) return { ...outgoing, refused: undefined, signedOut: false };
        return this.isAbandoned(outgoing) ? { ...outgoing, refused: phrase("filesLost") } : outgoing;
      }),
    );
    void this.work();
  }

  stop(): void {
    this.stopped = true;
    removeEventListener("online", this.hurry);
    removeEventListener("beforeunload", this.leaving);
    removeEventListener("pagehide", this.left);
    clearTimeout(this.timer);
  }

  waiting(): Outgoing[] {
    return JSON.parse(localStorage.getItem(this.key) ?? "[]") as Outgoing[];
  }

  private keep(all: Outgoing[]): void {
    if (all.length) localStorage.setItem(this.key, JSON.stringify(all));
    else localStorage.removeItem(this.key);
    this.draw(all);
  }

  put(outgoing: Outgoing, files: File[]): void {
    if (files.length) this.files.set(outgoing.client, files);
    this.keep([...this.waiting(), { ...outgoing, files: files.length, since: Date.now() }]);
    void this.work();
  }

  again(client: string): void {
    const files = this.files.get(client)?.length ?? 0;
    this.keep(this.waiting().map((outgoing) => (outgoing.client === client ? { ...outgoing, refused: undefined, files } : outgoing)));
    this.wait = 1000;
    void this.work();
  }

  drop(client: string): void {
    this.files.delete(client);
    this.keep(this.waiting().filter((outgoing) => outgoing.client !== client));
  }

  private readonly hurry = (): void => {
    this.wait = 1000;
    void this.work();
  };

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.files.size) event.preventDefault();
  };

  /** Leaving the page loses its files, unless it goes to the back-forward cache. */
  private readonly left = (event: PageTransitionEvent): void => {
    if (event.persisted || !this.files.size) return;
    const refused = phrase("filesLost");
    this.keep(this.waiting().map((outgoing) => (this.files.has(outgoing.client) ? { ...outgoing, refused: outgoing.refused ?? refused } : outgoing)));
  };

  private isAbandoned(outgoing: Outgoing): boolean {
    return !this.canSend(outgoing) && outgoing.refused === undefined && Date.now() - (outgoing.since ?? 0) > ABANDONED;
  }

  private canSend(outgoing: Outgoing): boolean {
    return !outgoing.files || this.files.has(outgoing.client);
  }

  /**
   * Send one after the other, in the order they were written. Several tabs may do so: the client id makes it
   * idempotent.
   */
  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let next = this.next(); next; next = this.next()) await this.deliver(next);
      this.wait = 1000;
    } catch {
      this.timer = window.setTimeout(() => void this.work(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      this.draw(this.waiting());
    } finally {
      this.busy = false;
    }
  }

  private next(): Outgoing | undefined {
    if (this.stopped) return undefined;
    return this.waiting().find((outgoing) => outgoing.refused === undefined && this.canSend(outgoing));
  }

  private async deliver(outgoing: Outgoing): Promise<void> {
    const data = new FormData();
    data.set("client", outgoing.client);
    data.set("body", outgoing.body);
    if (outgoing.root) data.set("root", String(outgoing.root));
    if (outgoing.quotes) data.set("quotes", String(outgoing.quotes));
    if (outgoing.unsent) data.set("unsent", String(outgoing.unsent));
    for (const id of outgoing.called) data.append("called", String(id));
    for (const file of this.files.get(outgoing.client) ?? []) {
      data.append("files", file, file.name);
      data.append("seconds", secondsOf(file));
    }
    let answer: Answer;
    try {
      answer = (await send(this.url, data)) as Answer;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const reason = error.message || phrase("failed");
      const signedOut = error instanceof SignedOutError;
      this.keep(this.waiting().map((other) => (other.client === outgoing.client ? { ...other, refused: reason, signedOut } : other)));
      return;
    }
    this.files.delete(outgoing.client);
    // The row of the outgoing message stays until the message itself arrives.
    const rest = this.waiting().filter((other) => other.client !== outgoing.client);
    if (rest.length) localStorage.setItem(this.key, JSON.stringify(rest));
    else localStorage.removeItem(this.key);
    this.sent(outgoing, answer?.held ? answer.said : undefined);
  }
}
