/** Autosave: debounced, one request at a time, retried after connection loss. Unsaved text stays on this device. */
import { forgetDraft, keepDraft } from "../../../kit/islands/lib/drafts";
import { meta } from "../../../kit/islands/lib/words";

export interface Text {
  title: string;
  claim: string;
  markdown: string;
}

export interface Theirs extends Text {
  version: number;
  html: string;
}

export interface Ears {
  read: () => Text;
  saving: () => void;
  saved: (text: string) => void;
  failed: (sentence: string) => void;
  conflict: (theirs: Theirs) => void;
}

const QUIET = 2500;
const AGAIN = 12_000;

export class Saver {
  private timer = 0;
  private keeping = 0;
  private running: Promise<void> | undefined;
  private stopped = false;
  private last: Text;
  /** The server's text when this page last agreed with it: the base of the writer's changes. */
  base: string;

  constructor(
    private readonly url: string,
    private readonly key: string,
    public version: number,
    private readonly sentences: { failed: string; signedOut: string },
    private readonly ears: Ears,
  ) {
    this.last = ears.read();
    this.base = this.last.markdown;
    addEventListener("online", this.retry);
  }

  close(): void {
    removeEventListener("online", this.retry);
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
  }

  get isDirty(): boolean {
    return !same(this.last, this.ears.read());
  }

  /** Schedule a save after an edit. */
  changed(): void {
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
    this.keeping = window.setTimeout(() => this.keep(), 400);
    if (!this.stopped) this.timer = window.setTimeout(() => void this.save(), QUIET);
  }

  /** Store the text on this device until the server has it. */
  keep(): void {
    if (this.isDirty) keepDraft(this.key, { ...this.ears.read(), version: String(this.version), base: this.base });
    else forgetDraft(this.key);
  }

  /** Save now. A second call waits for the running one and then checks again. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.stopped || !this.isDirty) return;
    this.running = this.send(this.ears.read()).finally(() => (this.running = undefined));
    await this.running;
  }

  /** Continue after a conflict, on top of the server's version. */
  async goOn(version: number): Promise<void> {
    this.version = version;
    this.stopped = false;
    // Even the text first read must be sent: the server has another one.
    this.last = { title: "", claim: "", markdown: "\u0000" };
    await this.save();
  }

  private async send(text: Text): Promise<void> {
    this.ears.saving();
    const body = new URLSearchParams({ ...text, version: String(this.version) });
    let answer: Response;
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": meta("csrf-token") };
      answer = await fetch(this.url, { method: "POST", body, headers, redirect: "manual" });
    } catch {
      return this.fail(this.sentences.failed);
    }
    if (answer.status === 409) return this.stop((await answer.json()) as Theirs);
    if (answer.type === "opaqueredirect") return this.fail(this.sentences.signedOut);
    if (!answer.ok) return this.fail(await sentenceIn(answer, this.sentences.failed));
    const { version, said } = (await answer.json()) as { version: number; said: string };
    this.version = version;
    this.last = text;
    this.base = text.markdown;
    this.keep();
    this.ears.saved(said);
    if (this.isDirty) this.changed();
  }

  private fail(sentence: string): void {
    this.keep();
    this.ears.failed(sentence);
    this.timer = window.setTimeout(() => void this.save(), AGAIN);
  }

  private stop(theirs: Theirs): void {
    this.stopped = true;
    this.keep();
    this.ears.conflict(theirs);
  }

  private readonly retry = (): void => void this.save();
}

function same(first: Text, other: Text): boolean {
  return first.title === other.title && first.claim === other.claim && first.markdown === other.markdown;
}

async function sentenceIn(answer: Response, otherwise: string): Promise<string> {
  try {
    return ((await answer.json()) as { error?: string }).error ?? otherwise;
  } catch {
    return otherwise;
  }
}
