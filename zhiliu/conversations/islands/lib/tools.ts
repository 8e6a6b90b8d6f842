const LONG_PRESS = 450;
const MESSAGE = ".said > .message[data-id]:not(.gone)";
const LIST = "[data-list]";
const PLACE = ".talk-thread, .conversation";
const STEPS: Record<string, number> = { ArrowUp: -1, k: -1, ArrowDown: 1, j: 1 };

type Act = (name: string, article: HTMLElement, what?: string) => void;

/**
 * The acts on a message: one row of tools that moves to the message under the pointer or in focus, and a sheet with all
 * acts, opened on touch by a long press. Shared by all messages, so that a long channel stays light.
 */
export class Tools {
  private article: HTMLElement | undefined;
  private press = 0;
  private pointer = "";

  constructor(
    private readonly row: HTMLElement,
    private readonly sheet: HTMLDialogElement,
    private readonly me: number,
    private readonly act: Act,
  ) {
    document.addEventListener("pointermove", this.moved, { passive: true });
    document.addEventListener("focusin", this.over);
    document.addEventListener("pointerdown", this.down);
    for (const name of ["pointerup", "pointercancel", "pointermove"]) document.addEventListener(name, this.up);
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
    for (const name of ["pointerup", "pointercancel", "pointermove"]) document.removeEventListener(name, this.up);
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
  };

  private readonly down = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") return;
    const article = (event.target as Element).closest<HTMLElement>(".said > .message[data-id]:not(.gone)");
    if (!article || (event.target as Element).closest("a, button, audio")) return;
    this.press = window.setTimeout(() => this.open(article), LONG_PRESS);
  };

  private readonly up = (event: Event): void => {
    if (event.type === "pointermove" && event instanceof PointerEvent && Math.abs(event.movementX) + Math.abs(event.movementY) < 4) return;
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

  private open(article: HTMLElement): void {
    this.article = article;
    const own = Number(article.dataset.by) === this.me;
    const reply = article.dataset.root !== undefined;
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-own]")) item.hidden = !own && item.dataset.moderate === undefined;
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-poll]")) item.hidden ||= !article.querySelector("[data-open]");
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-no-poll]")) item.hidden ||= Boolean(article.querySelector("[data-poll]"));
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-not-own]")) item.hidden = own;
    for (const item of this.sheet.querySelectorAll<HTMLElement>("[data-not-reply]")) item.hidden = reply;
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
    if (this.sheet.open) this.sheet.close();
    this.act(name, this.article, button.dataset.what);
  };
}

/** Focus the next or previous message, or from the list itself the last one. Returns whether there is one. */
function walk(list: HTMLElement, from: HTMLElement, step: number): boolean {
  const rows = [...list.querySelectorAll<HTMLElement>(MESSAGE)];
  const next = from === list ? rows.at(-1) : rows[rows.indexOf(from) + step];
  next?.focus();
  return Boolean(next);
}
