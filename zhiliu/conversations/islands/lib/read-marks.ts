import { ask } from "./asking";
import type { MessageList } from "./message-list";
import { phrase } from "./said";

/** What the server says of read marks: nothing to people who have none. */
export interface Marks {
  kind: "pair" | "group" | "channel";
  /** In a talk, how far each of the others has read. */
  read?: Record<string, number>;
}

/** Somebody has read on: in a talk who and how far, in a channel only that it was this message. */
interface Seen {
  channel: number;
  by?: number;
  read?: number;
  message?: number;
}

const GATHER = 1000;

/**
 * Marks under one's own messages: in a talk under the last one that was read, in a channel under those that call everybody.
 */
export class ReadMarks {
  private readonly sentences = new Map<string, string>();
  private readonly watcher = new MutationObserver(() => this.show());
  private readonly timers = new Map<string, number>();

  /** @param open shows who has read a message. */
  constructor(
    private readonly list: MessageList,
    private readonly channel: number,
    private readonly marks: Marks,
    private readonly open: (address: string) => void,
  ) {
    this.watcher.observe(list.element, { childList: true });
    document.addEventListener("live:seen", this.heard);
    this.show();
  }

  stop(): void {
    this.watcher.disconnect();
    document.removeEventListener("live:seen", this.heard);
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private readonly heard = (event: Event): void => {
    const seen = (event as CustomEvent<Seen>).detail;
    if (seen.channel !== this.channel) return;
    if (seen.by !== undefined) this.hasRead(seen.by, seen.read ?? 0);
    else if (seen.message !== undefined) this.later(String(seen.message));
  };

  /** Who writes in a talk has read what stands above. */
  hasRead(person: number, number: number): void {
    const read = this.marks.read;
    if (read?.[person] === undefined || read[person] >= number) return;
    read[person] = number;
    this.show();
  }

  /** Apply what was missed without a stream: also that somebody, or the reader, shows nothing any more. */
  caughtUp(marks: Marks | null): void {
    if (!marks) return this.end();
    const read = this.marks.read ?? {};
    for (const person of Object.keys(read)) if (marks.read?.[person] === undefined) delete read[person];
    for (const [person, number] of Object.entries(marks.read ?? {})) this.hasRead(Number(person), number);
    for (const id of this.sentences.keys()) this.later(id);
    this.show();
  }

  private end(): void {
    this.stop();
    this.keepOnly([]);
  }

  private keepOnly(marked: (Element | undefined)[]): void {
    for (const mark of this.list.element.querySelectorAll(".read-mark")) if (!marked.includes(mark.previousElementSibling ?? undefined)) mark.remove();
  }

  /** Draw the marks anew. */
  show(): void {
    const own = this.list.articles().filter((article) => article.matches(".own:not(.gone)"));
    if (this.marks.kind === "channel") return this.showCalling(own);
    const last = own.findLast((article) => this.readers(article) > 0);
    this.keepOnly([last]);
    if (!last) return;
    if (this.marks.kind === "pair") place(last, phrase("read"));
    else place(last, phrase("readBy", this.readers(last)), () => this.open(address(last.dataset.id ?? "")));
  }

  private readers(article: HTMLElement): number {
    return Object.values(this.marks.read ?? {}).filter((number) => number >= Number(article.dataset.number)).length;
  }

  private showCalling(own: HTMLElement[]): void {
    const calling = own.filter((article) => article.dataset.callsAll !== undefined);
    // A message that was deleted or changed calls nobody any more.
    this.keepOnly(calling);
    for (const article of calling) {
      const id = article.dataset.id ?? "";
      const sentence = this.sentences.get(id);
      if (sentence) place(article, sentence, () => this.open(address(id)));
      else if (sentence === undefined) void this.fetch(id);
    }
  }

  /** Many read at the same moment: they are asked for once. */
  private later(id: string): void {
    if (this.timers.has(id) || !this.sentences.has(id)) return;
    const again = (): void => {
      this.timers.delete(id);
      void this.fetch(id);
    };
    this.timers.set(id, window.setTimeout(again, GATHER));
  }

  private async fetch(id: string): Promise<void> {
    this.sentences.set(id, this.sentences.get(id) ?? "");
    const { said } = await ask<{ said: string }>(address(id)).catch(() => ({ said: "" }));
    if (said) this.sentences.set(id, said);
    this.show();
  }
}

function address(id: string): string {
  return `/messages/${id}/readers/`;
}

/** Write a mark below a message, outside of what is replaced when the message changes. */
function place(article: HTMLElement, words: string, open?: () => void): void {
  const shown = article.parentElement?.querySelector<HTMLElement>(":scope > .read-mark");
  if (shown) {
    (shown.querySelector("button") ?? shown).textContent = words;
    return;
  }
  const mark = document.createElement("p");
  mark.className = "read-mark small quiet";
  if (!open) mark.textContent = words;
  else {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-button";
    button.textContent = words;
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", open);
    mark.append(button);
  }
  article.after(mark);
}
