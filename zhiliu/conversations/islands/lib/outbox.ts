import { RefusedError, send, SignedOutError } from "./asking";
import { phrase } from "./said";

const LONGEST_WAIT = 30_000;
/** A page that ended without a word had this long to send its files. */
const ABANDONED = 600_000;

/** A message on its way: it stays here until the server has said that it is kept. */
export interface Outgoing {
  client: string;
  body: string;
  root: number;
  called: number[];
  refused?: string;
  /** Refused only because the session had ended. */
  signedOut?: boolean;
  /** How many files go along. Only the page that holds them can send it. */
  files?: number;
  /** When it was written, in milliseconds. */
  since?: number;
}

/** What the server says of one; held back it has arrived too, and is not sent again. */
type Answer = { held?: number; said?: string } | null;

/**
 * Messages that are not at the server yet, in order, on this device. On a dead line they wait and are sent again with the same
 * client id, so that none is lost and none doubled; they survive a reload. Files do not: the page asks before it is left, and what was
to take them along waits until somebody decides to send it without them.
 */
export class Outbox {
  private readonly files = new Map<string, File[]>();
  private busy = false;
  private stopped = false;
  private wait = 1000;
  private timer = 0;

  /**
   * @param url where messages go. @param key of the store. @param draw shows the state of the messages on their way.
   * @param sent called when the server has one; with what is to be said when it waits there for somebody to decide.
   */
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly draw: (waiting: Outgoing[]) => void,
    private readonly sent: (one: Outgoing, heldBack?: string) => void,
  ) {
    addEventListener("online", this.hurry);
    addEventListener("beforeunload", this.leaving);
    addEventListener("pagehide", this.left);
  }

  /** What waited for signing in goes on its way again; what waits for files of a page that is gone is said to. */
  start(): void {
    this.keep(
      this.waiting().map((one) => {
        if (one.signedOut) return { ...one, refused: undefined, signedOut: false };
        return this.isAbandoned(one) ? { ...one, refused: phrase("filesLost") } : one;
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

  put(one: Outgoing, files: File[]): void {
    if (files.length) this.files.set(one.client, files);
    this.keep([...this.waiting(), { ...one, files: files.length, since: Date.now() }]);
    void this.work();
  }

  again(client: string): void {
    const files = this.files.get(client)?.length ?? 0;
    this.keep(this.waiting().map((one) => (one.client === client ? { ...one, refused: undefined, files } : one)));
    this.wait = 1000;
    void this.work();
  }

  drop(client: string): void {
    this.files.delete(client);
    this.keep(this.waiting().filter((one) => one.client !== client));
  }

  private readonly hurry = (): void => {
    this.wait = 1000;
    void this.work();
  };

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.files.size) event.preventDefault();
  };

  /** With the page go the files it holds; a page that is only put aside keeps them. */
  private readonly left = (event: PageTransitionEvent): void => {
    if (event.persisted || !this.files.size) return;
    const refused = phrase("filesLost");
    this.keep(this.waiting().map((one) => (this.files.has(one.client) ? { ...one, refused: one.refused ?? refused } : one)));
  };

  private isAbandoned(one: Outgoing): boolean {
    return !this.canSend(one) && one.refused === undefined && Date.now() - (one.since ?? 0) > ABANDONED;
  }

  private canSend(one: Outgoing): boolean {
    return !one.files || this.files.has(one.client);
  }

  /** One after the other, so that they arrive in the order they were written. Several tabs may do this: the client id makes it safe. */
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
    return this.waiting().find((one) => one.refused === undefined && this.canSend(one));
  }

  private async deliver(one: Outgoing): Promise<void> {
    const data = new FormData();
    data.set("client", one.client);
    data.set("body", one.body);
    if (one.root) data.set("root", String(one.root));
    for (const id of one.called) data.append("called", String(id));
    for (const file of this.files.get(one.client) ?? []) data.append("files", file, file.name);
    let answer: Answer;
    try {
      answer = (await send(this.url, data)) as Answer;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const reason = error.message || phrase("failed");
      const signedOut = error instanceof SignedOutError;
      this.keep(this.waiting().map((other) => (other.client === one.client ? { ...other, refused: reason, signedOut } : other)));
      return;
    }
    this.files.delete(one.client);
    // The row of the waiting message stays until the message itself arrives.
    const rest = this.waiting().filter((other) => other.client !== one.client);
    if (rest.length) localStorage.setItem(this.key, JSON.stringify(rest));
    else localStorage.removeItem(this.key);
    this.sent(one, answer?.held ? answer.said : undefined);
  }
}
