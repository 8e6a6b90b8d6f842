import { Controller } from "@hotwired/stimulus";
import { keysAreOff } from "./lib/single-keys";
import { isShown, isTyping } from "./lib/typing";

/** What lies over the page and has keys of its own: dialogs, and the viewer of pictures. */
const ABOVE = "dialog[open], .pswp";
/** Rows of lists: a key acts on the focused row before it acts on the page. */
const ROWS = ".item, .message, .queue > li, tr, .card";

/**
 * Single-key shortcuts: `G` + letter navigates, `J` `K` move between rows, `C` creates, `/` filters here, `?` shows
 * all. Any other letter clicks the element with `data-shortcut="e"`, or focuses it when it is a field: the one in the
 * focused row, else the page's own, else the only one. With several rows and no focus, none is chosen.
 */
export default class Keys extends Controller<HTMLElement> {
  private goes = 0;

  override connect(): void {
    document.addEventListener("keydown", this.pressed);
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.pressed);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || keysAreOff()) return;
    if (document.querySelector(ABOVE)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : "";
    if (key && (this.goTo(key) || this.act(key) || this.press(key))) event.preventDefault();
  };

  private goTo(key: string): boolean {
    const going = Date.now() - this.goes < 1200;
    this.goes = key === "g" && !going ? Date.now() : 0;
    if (!going) return key === "g";
    this.element.querySelector<HTMLAnchorElement>(`.rail [data-go="${CSS.escape(key)}"]`)?.click();
    return true;
  }

  private act(key: string): boolean {
    if (key === "j") return this.walk(1);
    if (key === "k") return this.walk(-1);
    if (key === "/") return this.filter();
    if (key === "c") return this.start();
    if (key === "?") return this.help();
    return false;
  }

  /** Focus the next or previous row of the page. */
  private walk(step: number): boolean {
    const rows = [...document.querySelectorAll<HTMLElement>("main a.title, main .title > a, .split-list > a")].filter(isShown);
    const at = rows.indexOf(document.activeElement as HTMLElement);
    rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
    return rows.length > 0;
  }

  private filter(): boolean {
    const fields = [...document.querySelectorAll<HTMLElement>("main input[type=search], .seek input")].filter(isShown);
    fields[0]?.focus();
    return fields.length > 0;
  }

  private start(): boolean {
    const menu = document.querySelector<HTMLDetailsElement>('details[data-key="start"]');
    if (!menu || !isShown(menu)) return false;
    menu.open = true;
    menu.querySelector<HTMLElement>(".menu a")?.focus();
    return true;
  }

  private help(): boolean {
    const dialog = document.getElementById("keys-help");
    if (!(dialog instanceof HTMLDialogElement)) return false;
    dialog.showModal();
    return true;
  }

  private press(key: string): boolean {
    const selector = `[data-shortcut="${CSS.escape(key)}"]`;
    const visible = [...document.querySelectorAll<HTMLElement>(selector)].filter(isShown);
    const row = document.activeElement?.closest(ROWS)?.querySelector<HTMLElement>(selector);
    const target = row ?? visible.find((element) => !element.closest(ROWS)) ?? (visible.length === 1 ? visible[0] : undefined);
    if (target?.matches("textarea, input, select, [contenteditable]")) target.focus();
    else target?.click();
    return Boolean(target);
  }
}
