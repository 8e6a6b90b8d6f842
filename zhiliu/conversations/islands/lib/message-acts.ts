import { copyText } from "../../../kit/islands/lib/clipboard";
import { say } from "../../../kit/islands/lib/toasts";
import { openReport } from "../../../moderation/islands/lib/reporting";
import { RefusedError, ask, send } from "./asking";
import type { Composer } from "./composer";
import { countUse } from "./emoji";
import type { MessageList } from "./message-list";
import { textOf } from "./plain-text";
import { type Mine, phrase } from "./said";

const MOST_QUOTED = 160;

interface Doors {
  /** Return an address of the channel. */
  url: (rest: string) => string;
  /** The channel's list and that of the thread beside it; a thread's root message is in both. */
  lists: () => MessageList[];
  /** Return the composer beside a message. */
  composerOf: (article: HTMLElement) => Composer | undefined;
  openThread: (article: HTMLElement) => void;
  /** Something changed; the change arrives by itself or is fetched. */
  changed: () => void;
  leftUnread: () => void;
  /** Open the form at an address over the page. */
  openForm: (address: string) => void;
}

/** Acts on a message. The reader's own state is updated optimistically and reverted if the server refuses. */
export class MessageActs {
  constructor(private readonly doors: Doors) {}

  readonly act = (name: string, article: HTMLElement, what = ""): void => {
    const id = Number(article.dataset.id);
    if (name === "thread") this.doors.openThread(article);
    else if (name === "quote") this.quote(article);
    else if (name === "forward") this.doors.openForm(`/messages/${id}/forward/`);
    else if (name === "react") void this.react(article, id, what);
    else if (name === "bookmark") void this.bookmark(article, id);
    else if (name === "pin") void this.tell(`/messages/${id}/pin/`, article.hasAttribute("data-pinned") ? { off: 1 } : {});
    else if (name === "withdraw") void this.tell(`/messages/${id}/withdrawal/`, {});
    else if (name === "end-poll") void this.tell(`/messages/${id}/poll/closing/`, {});
    else if (name === "edit") void this.edit(article);
    else if (name === "report") void openReport(`/moderation/reports/new/?kind=message&id=${id}`);
    else if (name === "turn") location.assign(this.doors.url(`turning/${id}/`));
    else if (name === "copy-text") void this.copyText(article);
    else if (name === "copy-link") void this.copyLink(article);
    else if (name === "unread") void this.unreadFrom(article);
  };

  private async tell(address: string, values: Record<string, string | number>): Promise<boolean> {
    try {
      await send(address, values);
      this.doors.changed();
      return true;
    } catch (error) {
      say(error instanceof RefusedError ? error.message || phrase("failed") : phrase("offline"), "error");
      return false;
    }
  }

  /** Return the reader's own reactions to a message. */
  reactionsOf(article: HTMLElement): string[] {
    return this.mineOf(article).reactions ?? [];
  }

  private mineOf(article: HTMLElement): Mine {
    const list = this.doors.lists().find((other) => other.element.contains(article));
    return list?.mine[article.dataset.id ?? ""] ?? {};
  }

  private show(id: number, mine: Mine): void {
    for (const list of this.doors.lists()) list.put(id, mine);
  }

  private async react(article: HTMLElement, id: number, what: string): Promise<void> {
    const was = this.reactionsOf(article);
    const off = was.includes(what);
    // Words of ours are not counted: they come first anyway.
    if (!off && !/^\w+$/.test(what)) countUse(what);
    this.show(id, { reactions: off ? was.filter((sign) => sign !== what) : [...was, what] });
    if (!(await this.tell(`/messages/${id}/reactions/`, off ? { what, off: 1 } : { what }))) this.show(id, { reactions: was });
  }

  /** Vote in a poll; the counts arrive with the change of the message. */
  async vote(article: HTMLElement, option: number): Promise<void> {
    const id = Number(article.dataset.id);
    const was = this.mineOf(article).vote;
    this.show(id, { vote: option });
    if (!(await this.tell(`/messages/${id}/ballot/`, { option }))) this.show(id, { vote: was });
  }

  private async bookmark(article: HTMLElement, id: number): Promise<void> {
    const off = article.hasAttribute("data-kept");
    if (!(await this.tell(`/messages/${id}/bookmark/`, off ? { off: 1 } : {}))) return;
    this.show(id, { bookmark: !off });
    say(phrase(off ? "notKept" : "kept"));
  }

  async edit(article: HTMLElement): Promise<void> {
    const id = Number(article.dataset.id);
    const composer = this.doors.composerOf(article);
    const { body } = await ask<{ body: string }>(`/messages/${id}/source/`).catch(() => ({ body: "" }));
    if (body) composer?.edit(id, body);
  }

  private quote(article: HTMLElement): void {
    const words = (textOf(article) || namesOfFiles(article)).replace(/\s+/g, " ").slice(0, MOST_QUOTED);
    const who = article.querySelector(".message-body > header b")?.textContent?.trim() ?? "";
    this.doors.composerOf(article)?.quote({ id: Number(article.dataset.id), who, words });
  }

  private async copyText(article: HTMLElement): Promise<void> {
    if (await copyText(textOf(article))) say(phrase("copied"));
  }

  private async copyLink(article: HTMLElement): Promise<void> {
    const link = article.querySelector<HTMLAnchorElement>("a.stamp");
    if (!link) return;
    if (await copyText(link.href)) say(phrase("copied"));
  }

  private async unreadFrom(article: HTMLElement): Promise<void> {
    if (!(await this.tell(this.doors.url("mark/"), { number: Number(article.dataset.number), unread: 1 }))) return;
    this.doors.leftUnread();
    say(phrase("markedUnread"));
  }
}

/** What files of a message are called, where it has no words. */
function namesOfFiles(article: HTMLElement): string {
  return [...article.querySelectorAll(".picture img, .voice-message, .attachment b")]
    .map((part) => part.getAttribute("alt") ?? part.getAttribute("aria-label") ?? part.textContent ?? "")
    .join(", ");
}
