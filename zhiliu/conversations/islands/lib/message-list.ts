import { icon } from "../../../kit/islands/lib/words";
import { askForCards } from "./cards";
import type { Moments } from "./moments";
import { type Mine, type Said, phrase } from "./said";

const RUN_SECONDS = 300;
const MOST = 400;
const DROPPED = 120;

/**
 * The messages of a channel or thread in the page: a window that grows on both sides and is cut on the far side, so
 * that ten years of a channel need no more memory than a day.
 */
export class MessageList {
  older: boolean;
  newer: boolean;

  /**
   * @param element holds `.said` rows, oldest first. @param root the thread's root message, 0 for the channel itself.
   * @param mine the reader's own state by message id. @param me the reader. @param moments writes times in their time
   * zone.
   */
  constructor(
    readonly element: HTMLElement,
    readonly root: number,
    readonly mine: Record<string, Mine>,
    private readonly me: number,
    private readonly moments: Moments,
    sides: { older: boolean; newer: boolean } = { older: false, newer: false },
  ) {
    this.older = sides.older;
    this.newer = sides.newer;
    for (const article of this.shown()) this.dress(article);
  }

  articles(): HTMLElement[] {
    return this.shown().filter((article) => this.holds(article));
  }

  private shown(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>(".said > .message[data-id]")];
  }

  first(): number {
    return Number(this.articles()[0]?.dataset.number ?? 0);
  }

  last(): number {
    return Number(this.articles().at(-1)?.dataset.number ?? 0);
  }

  /** Whether the message belongs to this list; a thread also shows its root message. */
  private holds(article: HTMLElement): boolean {
    return Number(article.dataset.root ?? 0) === this.root;
  }

  /** Apply a new or changed message. Returns whether one was added at the end. */
  apply(message: Said): boolean {
    if (!message.html) return false;
    const article = this.element.querySelector<HTMLElement>(`#message-${message.id}`);
    if (article) return this.replace(article, message), false;
    if ((message.root ?? 0) !== this.root || this.newer || (message.number ?? 0) <= this.last()) return false;
    this.add([message], "end");
    return true;
  }

  private replace(article: HTMLElement, message: Said): void {
    const fresh = this.articleOf(message);
    if (Number(fresh.dataset.changed) < Number(article.dataset.changed)) return;
    const focus = document.activeElement as HTMLElement | null;
    const focused = article.contains(focus);
    const option = focus?.dataset.option;
    article.before(fresh);
    keepPlayers(article, fresh);
    article.remove();
    this.dress(fresh);
    if (focused && fresh.contains(focus)) focus?.focus({ preventScroll: true });
    else if (focused) (fresh.querySelector<HTMLElement>(`[data-option="${option ?? ""}"]`) ?? fresh).focus({ preventScroll: true });
  }

  /** Add messages at one end without moving what the reader looks at. */
  add(many: Said[], where: "start" | "end"): void {
    const rows = many.filter((message) => message.html && !this.element.querySelector(`#message-${message.id}`)).map((message) => this.row(message));
    const before = where === "start" ? this.element.querySelector(".said, .day") : this.firstWaiting();
    this.keepingPlace(where === "start", () => {
      for (const row of rows) this.element.insertBefore(row, before);
      this.element.querySelector(".empty-channel")?.remove();
      this.fold();
      this.cut(where === "start" ? "end" : "start");
    });
  }

  private row(message: Said): HTMLElement {
    const row = document.createElement("div");
    row.className = "said";
    const article = this.articleOf(message);
    row.append(article);
    this.dress(article);
    if (message.client) this.element.querySelector(`.said.waiting[data-client="${CSS.escape(message.client)}"]`)?.remove();
    return row;
  }

  private articleOf(message: Said): HTMLElement {
    const holder = document.createElement("template");
    holder.innerHTML = message.html ?? "";
    const article = holder.content.firstElementChild as HTMLElement;
    this.moments.rewrite(article);
    return article;
  }

  firstWaiting(): Element | null {
    return this.element.querySelector(".said.waiting");
  }

  /** Remove rows far from the reader; they are refetched on return. */
  private cut(side: "start" | "end"): void {
    const rows = [...this.element.querySelectorAll<HTMLElement>(".said:not(.waiting)")];
    if (rows.length <= MOST) return;
    const dropped = side === "start" ? rows.slice(0, DROPPED) : rows.slice(-DROPPED);
    for (const row of dropped) row.remove();
    if (side === "start") this.older = true;
    else this.newer = true;
    this.fold();
  }

  private keepingPlace(above: boolean, act: () => void): void {
    const anchor = this.articles().find((article) => article.getBoundingClientRect().bottom > 0);
    const before = anchor?.getBoundingClientRect().top ?? 0;
    act();
    if (anchor?.isConnected && (above || before >= 0)) scrollBy(0, anchor.getBoundingClientRect().top - before);
  }

  /**
   * Add dates between messages, and headers only where the author changes or a while has passed; the first reply has
   * its own.
   */
  fold(): void {
    for (const day of this.element.querySelectorAll(".day:not(.new)")) day.remove();
    let before: HTMLElement | undefined;
    for (const article of this.shown()) {
      const row = article.parentElement as HTMLElement;
      const at = Number(article.dataset.moment);
      const sameDay = before !== undefined && before.dataset.day === article.dataset.day;
      if (!sameDay) row.before(dayLine(this.moments.day(article.dataset.day ?? "")));
      const near = before !== undefined && at - Number(before.dataset.moment) < RUN_SECONDS;
      const follows = before !== undefined && this.holds(before) && before.dataset.by === article.dataset.by;
      row.classList.toggle("run", sameDay && near && follows);
      before = article;
    }
  }

  /** Add the reader's own state to a message that is rendered the same for everybody. */
  dress(article: HTMLElement): void {
    const mine = this.mine[article.dataset.id ?? ""] ?? {};
    for (const button of article.querySelectorAll<HTMLElement>(".reaction")) {
      const on = mine.reactions?.includes(button.dataset.what ?? "") ?? false;
      button.classList.toggle("mine", on);
      button.setAttribute("aria-pressed", String(on));
    }
    dressPoll(article, mine.vote);
    addMore(article);
    article.tabIndex = -1;
    askForCards(article);
    article.classList.toggle("own", Number(article.dataset.by) === this.me);
    article.toggleAttribute("data-kept", Boolean(mine.bookmark));
  }

  remember(mine: Record<string, Mine>): void {
    Object.assign(this.mine, mine);
  }

  /** Update the reader's own state of a message. */
  put(id: number, mine: Mine): void {
    Object.assign((this.mine[id] ??= {}), mine);
    const article = this.element.querySelector<HTMLElement>(`#message-${id}`);
    if (article) this.dress(article);
  }

  clear(): void {
    for (const row of this.element.querySelectorAll(".said:not(.waiting), .day")) row.remove();
  }
}

/** A recording somebody listens to plays on: its player moves, within the page, into the new form of the message. */
function keepPlayers(from: HTMLElement, to: HTMLElement): void {
  for (const audio of from.querySelectorAll("audio")) {
    if (audio.paused && !audio.currentTime) continue;
    const other = [...to.querySelectorAll("audio")].find((fresh) => fresh.getAttribute("src") === audio.getAttribute("src"));
    const player = audio.closest(".voice-message");
    if (other && player) other.closest(".voice-message")?.replaceWith(player);
  }
}

/**
 * Mark the reader's choice and enable the buttons: rendered for everybody, they are disabled, as where replying is not
 * allowed.
 */
function dressPoll(article: HTMLElement, choice: number | undefined): void {
  const isOpen = article.querySelector("[data-open]") !== null && document.querySelector(".conversation[data-may-reply]") !== null;
  for (const button of article.querySelectorAll<HTMLButtonElement>("[data-option]")) {
    const on = Number(button.dataset.option) === choice;
    button.disabled = !isOpen;
    button.setAttribute("aria-pressed", String(on));
    button.parentElement?.classList.toggle("mine", on);
  }
}

/** Add the button that opens the sheet of acts; it is shown where no pointer brings the row of tools. */
function addMore(article: HTMLElement): void {
  if (article.matches(".gone") || article.querySelector(":scope > .message-more")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "message-more";
  button.dataset.act = "more";
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-label", phrase("more"));
  button.append(icon("ellipsis"));
  article.append(button);
}

function dayLine(words: string): HTMLElement {
  const line = document.createElement("div");
  line.className = "day";
  const text = document.createElement("span");
  text.textContent = words;
  line.append(text);
  return line;
}
