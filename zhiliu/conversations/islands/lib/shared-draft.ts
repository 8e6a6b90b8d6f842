import { meta } from "../../../kit/islands/lib/words";
import { ask, send } from "./asking";

/** The unsent text the server keeps; version 0 is none. */
export interface Unsent {
  body: string;
  version: number;
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
 * The draft of a composer on all of the person's devices. What this device last agreed on with the server is remembered:
 * words it has not told yet always win here, and those of another device are offered beside them, so that nothing is lost.
 */
export class SharedDraft {
  private timer = 0;
  private busy = false;
  private other: Unsent | undefined;

  constructor(
    private readonly key: string,
    private readonly doors: Doors,
  ) {
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
    const agreed = this.agreed();
    const own = this.doors.text();
    if (given.version === agreed.version || own === given.body) this.agree(given.body === own ? given : agreed);
    else if (own === agreed.body || !own) this.adopt(given);
    else if (given.version) return this.hold(given);
    else this.agree(NONE);
    if (this.doors.text() !== this.agreed().body) this.later();
  }

  private adopt(given: Unsent): void {
    this.agree(given);
    this.doors.put(given.body);
  }

  /** Both devices have words the other has not seen: nothing is saved until the person decides. */
  private hold(given: Unsent): void {
    this.other = given;
    this.doors.offer(given.body);
  }

  /** The person inserted the words of the other device, or discards them: what stands here now is the draft. */
  decide(): string {
    const other = this.other ?? NONE;
    this.other = undefined;
    this.doors.offer(undefined);
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
    const { version } = this.agreed();
    this.agree({ body: "", version });
    if (!this.other) return version;
    this.other = undefined;
    this.doors.offer(undefined);
    return 0;
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
    const agreed = this.agreed();
    if (this.busy || this.other || body === agreed.body) return;
    this.busy = true;
    try {
      const values = { body, version: agreed.version, ...(this.doors.root && { root: this.doors.root }) };
      const kept = (await send(this.doors.url, values)) as Unsent;
      if (kept.body.trim() === body.trim()) this.agree({ ...kept, body });
      else this.take(kept);
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
    if (isHere && version !== this.agreed().version) this.ask();
  };

  private readonly ask = (): void => {
    if (!this.busy && !this.other) void this.fetch();
  };

  private async fetch(): Promise<void> {
    const given = await ask<Unsent>(this.doors.url, this.doors.root ? { root: this.doors.root } : {}).catch(() => undefined);
    if (given && !this.busy && !this.other) this.take(given);
  }

  private place(): string {
    return `unsent:${meta("me")}:${this.key}`;
  }

  private agreed(): Unsent {
    try {
      return JSON.parse(localStorage.getItem(this.place()) ?? "null") ?? NONE;
    } catch {
      return NONE;
    }
  }

  private agree(state: Unsent): void {
    try {
      if (state.version) localStorage.setItem(this.place(), JSON.stringify(state));
      else localStorage.removeItem(this.place());
    } catch {
      // Storage is full or forbidden: the server's text is asked for anew.
    }
  }
}
