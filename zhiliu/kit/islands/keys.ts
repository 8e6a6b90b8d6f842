import { Controller } from "@hotwired/stimulus";
import { keysAreOff } from "./lib/single-keys";
import { isShown, isTyping } from "./lib/typing";

/** Second key of `G` by the key of the navigation entry. */
const PLACES: Record<string, string[]> = {
  t: ["today", "home"],
  i: ["inbox"],
  c: ["communities", "community"],
  k: ["knowledge", "library"],
  b: ["boards", "board"],
  g: ["gatherings", "calendar"],
  p: ["people", "directory", "colleagues"],
};

/**
 * Single keys: `G` + letter goes places, `J` `K` walk rows, `C` starts, `/` filters here, `?` shows all.
 * Any other letter presses the element with `data-shortcut="e"`, that of the row in focus first.
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
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : "";
    if (key && (this.goTo(key) || this.act(key) || this.press(key))) event.preventDefault();
  };

  private goTo(key: string): boolean {
    const going = Date.now() - this.goes < 1200;
    this.goes = key === "g" && !going ? Date.now() : 0;
    if (!going) return key === "g";
    const names = [key, ...(PLACES[key] ?? [])];
    const link = names.map((name) => this.element.querySelector<HTMLAnchorElement>(`.rail [data-key="${name}"]`)).find(Boolean);
    link?.click();
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
    const row = document.activeElement?.closest(".item, .message, tr, .card");
    const found = row?.querySelector<HTMLElement>(selector) ?? [...document.querySelectorAll<HTMLElement>(selector)].find(isShown);
    found?.click();
    return Boolean(found);
  }
}
