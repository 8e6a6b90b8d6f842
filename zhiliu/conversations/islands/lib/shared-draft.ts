import { idOf } from "../../../kit/islands/lib/drafts";
import { meta } from "../../../kit/islands/lib/words";
import { ask, send } from "./asking";

/** The unsent text the server keeps; version 0 is none. */
export interface Unsent {
  body: string;
  version: number;
}

/** What a save is answered with: whether it counts, and what the server has now. */
interface Answer extends Unsent {
  kept: boolean;
}

interface Doors {
  /** URL of the unsent text. */
  url: string;
  root: number;
  /** Return what stands in the field. */
  text: () => string;
  /** Show a text of another device. */
  put: (body: string) => void;
  /** Offer words of another device beside one's own; undefined when there are none any more. */
  offer: (body: string | undefined) => void;
}

const PAUSE = 2000;
const NONE: Unsent = { body: "", version: 0 };

/**
 * The draft of a composer on all of the person's devices. What this page last agreed on with the server is remembered:
 * words it has not told yet always win here, and those of another device are offered beside them, so that nothing is lost.
 * Another tab is another device: each remembers for itself, and the next page continues with the entry of its draft.
 */
export class SharedDraft {
  private timer = 0;
  private busy = false;
  private other: Unsent | undefined;
  private agreed: Unsent;

  constructor(
    private readonly key: string,
    private readonly doors: Doors,
  ) {
    this.agreed = this.remembered();
    document.addEventListener("live:unsent", this.heard);
    document.addEventListener("visibilitychange", this.cameOrLeft);
    addEventListener("online", this.saveNow);
  }

  stop(): void {
    clearTimeout(this.timer);
    document.removeEventListener("live:unsent", this.heard);
    document.removeEventListener("visibilitychange", this.cameOrLeft);
    removeEventListener("online", this.saveNow);
  }

  /** The server has this. */
  take(given: Unsent): void {
    const agreed = this.agreed;
    const own = this.doors.text();
    const isEqual = given.version === agreed.version || own === given.body;
    if (!isEqual && own && own !== agreed.body && given.version) return this.hold(given);
    this.release();
    if (isEqual) this.agree(given.body === own ? given : agreed);
    else if (own === agreed.body || !own) this.adopt(given);
    else this.agree(NONE);
    if (this.doors.text() !== this.agreed.body) this.later();
  }

  private adopt(given: Unsent): void {
    this.agree(given);
    this.doors.put(given.body);
  }

  /** Both devices have words the other has not seen: nothing is saved until the person decides. */
  private hold(given: Unsent): void {
    if (given.version === this.other?.version) return;
    this.other = given;
    this.doors.offer(given.body);
  }

  /** There is nothing to decide any more. Returns what was offered. */
  private release(): Unsent | undefined {
    const other = this.other;
    this.other = undefined;
    if (other) this.doors.offer(undefined);
    return other;
  }

  /** The person inserted the words of the other device, or discards them: what stands here now is the draft. */
  decide(): string {
    const other = this.release() ?? NONE;
    this.agree(other);
    this.later();
    return other.body;
  }

  /** The text has changed. */
  readonly later = (): void => {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.saveNow, PAUSE);
  };

  /**
   * The text is sent as a message; returns the version that becomes it, 0 if the server has none. Until the message has
   * arrived, the server still has the text, which must not come back here.
   */
  sent(): number {
    clearTimeout(this.timer);
    const { version } = this.agreed;
    this.agree({ body: "", version });
    return this.release() ? 0 : version;
  }

  private readonly saveNow = (): void => void this.save();

  /** Whoever takes up another device finds there what they have just typed here. */
  private readonly cameOrLeft = (): void => {
    if (document.hidden) this.saveNow();
    else this.ask();
  };

  private async save(): Promise<void> {
    clearTimeout(this.timer);
    const body = this.doors.text();
    const agreed = this.agreed;
    if (this.busy || this.other || body === agreed.body) return;
    this.busy = true;
    try {
      const values = { body, version: agreed.version, ...(this.doors.root && { root: this.doors.root }) };
      const answer = (await send(this.doors.url, values, true)) as Answer;
      // The server keeps no invisible characters; what counts is that it took these words.
      if (answer.kept) this.agree({ body, version: answer.version });
      else this.take(answer);
    } catch {
      // Offline or refused: the device has the text, and the next change tries again.
    } finally {
      this.busy = false;
    }
    if (!this.other && this.doors.text() !== body) this.later();
  }

  private readonly heard = (event: Event): void => {
    const { channel, root, version } = (event as CustomEvent<{ channel: number; root: number; version: number }>).detail;
    const isHere = this.doors.url.includes(`/${channel}/`) && root === this.doors.root;
    if (isHere && version !== (this.other ?? this.agreed).version) this.ask();
  };

  private readonly ask = (): void => {
    if (!this.busy) void this.fetch();
  };

  private async fetch(): Promise<void> {
    const given = await ask<Unsent>(this.doors.url, this.doors.root ? { root: this.doors.root } : {}).catch(() => undefined);
    if (given && !this.busy) this.take(given);
  }

  private place(): string {
    return `unsent:${meta("me")}:${this.key}`;
  }

  /** What an earlier page agreed on; with the words of another tab in the field, that tab agreed on something else. */
  private remembered(): Unsent {
    try {
      const { entry, ...state } = JSON.parse(localStorage.getItem(this.place()) ?? "null") ?? { entry: "", ...NONE };
      return entry === idOf(this.key) || !this.doors.text() ? state : NONE;
    } catch {
      return NONE;
    }
  }

  private agree(state: Unsent): void {
    this.agreed = { body: state.body, version: state.version };
    try {
      if (state.version) localStorage.setItem(this.place(), JSON.stringify({ ...this.agreed, entry: idOf(this.key) }));
      else localStorage.removeItem(this.place());
    } catch {
      // Storage is full or forbidden: the next page asks the server anew.
    }
  }
}
