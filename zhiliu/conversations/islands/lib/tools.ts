import { textOf } from "./plain-text";
import { ReactionChoice } from "./reaction-choice";
import { Swipe } from "./swipe";

const LONG_PRESS = 450;
const MESSAGE = ".said > .message[data-id]:not(.gone)";
const LIST = "[data-list]";
const PLACE = ".talk-thread, .conversation";
const STEPS: Record<string, number> = { ArrowUp: -1, k: -1, ArrowDown: 1, j: 1 };

interface Doors {
  act: (name: string, article: HTMLElement, what?: string) => void;
  /** Return the reader's own reactions to a message. */
  reactionsOf: (article: HTMLElement) => string[];
}

/**
 * The acts on a message: one row of tools that moves to the message under the pointer or in focus, and a sheet with all
 * acts, opened on touch by the message's own button or a long press; a swipe to the left answers. Row and sheet are
 * shared by all messages, so that a long channel stays light.
 */
export class Tools {
  private article: HTMLElement | undefined;
  private press = 0;
  private pointer = "";
  private readonly swipe: Swipe;
  private readonly reactions: ReactionChoice;

  constructor(
    private readonly row: HTMLElement,
    private readonly sheet: HTMLDialogElement,
    private readonly me: number,
    private readonly doors: Doors,
  ) {
    this.swipe = new Swipe(
      (article) => this.doors.act("thread", article),
      () => clearTimeout(this.press),
    );
    this.reactions = new ReactionChoice(sheet, (sign) => this.choose("react", sign));
    document.addEventListener("pointermove", this.moved, { passive: true });
    document.addEventListener("focusin", this.over);
    document.addEventListener("pointerdown", this.down);
    for (const name of ["pointerup", "pointercancel", "pointermove"] as const) document.addEventListener(name, this.up);
    document.addEventListener("contextmenu", this.menu);
    document.addEventListener("keydown", this.key, true);
    document.addEventListener("to-messages", this.toMessages);
    row.addEventListener("click", this.chosen);
    sheet.addEventListener("click", this.chosen);
  }

  stop(): void {
    document.removeEventListener("pointermove", this.moved);
    document.removeEventListener("focusin", this.over);
    document.removeEventListener("pointerdown", this.down);
    for (const name of ["pointerup", "pointercancel", "pointermove"] as const) document.removeEventListener(name, this.up);
    document.removeEventListener("contextmenu", this.menu);
    document.removeEventListener("keydown", this.key, true);
    document.removeEventListener("to-messages", this.toMessages);
  }

  /**
   * Only a moving pointer moves the tools. When the page scrolls under a resting pointer because of a new message, a
   * click must not hit the tools of the next message.
   */
  private readonly moved = (event: PointerEvent): void => {
    const pointer = `${event.screenX} ${event.screenY}`;
    if (event.pointerType === "touch" || pointer === this.pointer) return;
    this.pointer = pointer;
    this.over(event);
  };

  private readonly over = (event: Event): void => {
    const target = event.target as Element;
    if (this.row.contains(target)) return;
    const article = target.closest<HTMLElement>(MESSAGE);
    if (!article) return;
    this.article = article;
    this.row.hidden = false;
    if (this.row.parentElement !== article) article.append(this.row);
    this.showReactions(this.row, article);
  };

  private showReactions(place: HTMLElement, article: HTMLElement): void {
    const own = this.doors.reactionsOf(article);
    for (const button of place.querySelectorAll<HTMLElement>('[data-act="react"]')) {
      const on = own.includes(button.dataset.what ?? "");
      button.setAttribute("aria-pressed", String(on));
      button.classList.toggle("mine", on);
    }
  }

  private readonly down = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") return;
    const article = (event.target as Element).closest<HTMLElement>(MESSAGE);
    if (!article) return;
    this.swipe.down(article, event);
    if ((event.target as Element).closest("a, button, audio")) return;
    clearTimeout(this.press);
    this.press = window.setTimeout(() => this.open(article), LONG_PRESS);
  };

  private readonly up = (event: PointerEvent): void => {
    if (event.type === "pointermove") this.swipe.move(event);
    else if (event.type === "pointerup") this.swipe.up();
    else this.swipe.cancel();
    if (event.type === "pointermove" && Math.abs(event.movementX) + Math.abs(event.movementY) < 4) return;
    clearTimeout(this.press);
  };

  private readonly menu = (event: MouseEvent): void => {
    if (!matchMedia("(pointer: coarse)").matches) return;
    if ((event.target as Element).closest(".said > .message") && !(event.target as Element).closest("a")) event.preventDefault();
  };

  /** Keyboard in a list: ↑ ↓ or J K walk the messages, Enter opens the sheet of acts, Escape returns to the field. */
  private readonly key = (event: KeyboardEvent): void => {
    const focused = document.activeElement;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !(focused instanceof HTMLElement)) return;
    const on = focused.matches(MESSAGE);
    const list = on ? focused.closest<HTMLElement>(LIST) : focused.matches(LIST) ? focused : null;
    const step = STEPS[event.key];
    if (!list) return;
    if (event.key === "Enter" && on) this.open(focused);
    else if (event.key === "Escape") list.closest(PLACE)?.querySelector<HTMLElement>(".composer textarea[name=body]")?.focus();
    else if (!step || !walk(list, focused, step)) return;
    event.preventDefault();
    // The shortcuts of the page would run as well.
    event.stopImmediatePropagation();
  };

  /** Move the focus from the field to the message above it. */
  private readonly toMessages = (event: Event): void => {
    const list = (event.target as Element).closest(PLACE)?.querySelector<HTMLElement>(LIST);
    if (list) walk(list, list, -1);
  };

  /** Open the sheet with all acts on a message. */
  open(article: HTMLElement): void {
    this.article = article;
    this.swipe.cancel();
    const own = Number(article.dataset.by) === this.me;
    const reply = article.dataset.root !== undefined;
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-own]")) item.hidden = !own && item.dataset.moderate === undefined;
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-poll]")) item.hidden ||= !article.querySelector("[data-open]");
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-no-poll]")) item.hidden ||= Boolean(article.querySelector("[data-poll]"));
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-not-own]")) item.hidden = own;
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-not-reply]")) item.hidden = reply;
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-with-text]")) item.hidden = !textOf(article);
    this.reactions.begin();
    this.showReactions(this.sheet, article);
    this.show("bookmark", article.hasAttribute("data-kept"));
    this.show("pin", article.hasAttribute("data-pinned"));
    if (!this.sheet.open) this.sheet.showModal();
  }

  private show(act: string, on: boolean): void {
    const button = this.sheet.querySelector(`[data-act="${act}"]`);
    const off = button?.querySelector<HTMLElement>("[data-when-off]");
    const already = button?.querySelector<HTMLElement>("[data-when-on]");
    if (off) off.hidden = on;
    if (already) already.hidden = !on;
  }

  private readonly chosen = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>("[data-act]");
    if (!button || !this.article) return;
    event.stopPropagation();
    const name = button.dataset.act ?? "";
    if (name === "more" || name === "choose-reaction") return this.open(this.article);
    if (name !== "all-reactions") this.choose(name, button.dataset.what);
  };

  private choose(name: string, what?: string): void {
    if (!this.article) return;
    if (this.sheet.open) this.sheet.close();
    this.doors.act(name, this.article, what);
    this.showReactions(this.row, this.article);
  }
}

/** Focus the next or previous message, or from the list itself the last one. Returns whether there is one. */
function walk(list: HTMLElement, from: HTMLElement, step: number): boolean {
  const rows = [...list.querySelectorAll<HTMLElement>(MESSAGE)];
  const next = from === list ? rows.at(-1) : rows[rows.indexOf(from) + step];
  next?.focus();
  return Boolean(next);
}
