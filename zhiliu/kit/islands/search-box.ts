import { Controller } from "@hotwired/stimulus";
import { word } from "./lib/words";

const PAUSE = 150;

/**
 * The search box at the top. Ctrl K or ⌘ K focuses it and offers commands; typing finds commands and objects, ↑ ↓ move,
 * Enter opens the marked row or, if none is marked, searches. Enter pressed before the results arrive waits for them,
 * so that fast and slow typing behave alike. In a dialog (phones) the list stays while the dialog is open. Without
 * scripts, or without `data-search-box-url-value`, it is a plain search form.
 */
export default class SearchBox extends Controller<HTMLFormElement> {
  static override targets = ["field"];
  static override values = { url: String };
  declare readonly fieldTarget: HTMLInputElement;
  declare readonly urlValue: string;

  private list: HTMLElement | undefined;
  private said: HTMLElement | undefined;
  private at = -1;
  private timer = 0;
  private asking: AbortController | undefined;
  private enterWaits = false;

  override connect(): void {
    document.addEventListener("keydown", this.called);
    this.dialog?.addEventListener("opened", this.begin);
    if (/Mac|iPhone|iPad/.test(navigator.platform)) this.element.querySelector(":scope > kbd")?.replaceChildren("⌘ K");
    if (this.urlValue && !this.list) this.build();
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.called);
    this.dialog?.removeEventListener("opened", this.begin);
    this.forget();
  }

  private get dialog(): HTMLDialogElement | null {
    return this.element.closest("dialog");
  }

  /** Build the list, and turn the field into its combobox. */
  private build(): void {
    this.list = document.createElement("div");
    Object.assign(this.list, { id: this.dialog ? `palette-${this.dialog.id}` : "palette", className: "palette", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.fieldTarget.getAttribute("aria-label") ?? "");
    this.said = document.createElement("p");
    this.said.className = "hidden-text";
    this.said.setAttribute("role", "status");
    this.element.append(this.list, this.said);
    const field = this.fieldTarget;
    field.type = "text"; // a search field must not be a combobox
    field.enterKeyHint = "search";
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id, "aria-haspopup": "listbox" }))
      field.setAttribute(name, value);
    field.addEventListener("input", (event) => (event as InputEvent).isComposing || this.askSoon());
    field.addEventListener("compositionend", () => this.askSoon());
    field.addEventListener("keydown", (event) => this.pressed(event));
    this.element.addEventListener("focusout", (event) => this.dialog || this.element.contains(event.relatedTarget as Node | null) || this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus in the field
    this.list.addEventListener("click", (event) => this.taken(event));
  }

  private readonly called = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "k" || event.isComposing) return;
    if (event.defaultPrevented || !this.fieldTarget.getClientRects().length) return;
    event.preventDefault();
    this.begin();
  };

  private readonly begin = (): void => {
    this.fieldTarget.focus();
    this.fieldTarget.select();
    void this.ask();
  };

  // -- asking ---------------------------------------------------------------------------------------------------------

  private askSoon(): void {
    this.forget();
    this.timer = window.setTimeout(() => void this.ask(), PAUSE);
  }

  /** Cancel the running or pending request. */
  private forget(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.asking?.abort();
    this.asking = undefined;
  }

  private async ask(): Promise<void> {
    if (!this.list) return;
    this.forget();
    const asking = (this.asking = new AbortController());
    const address = new URL(this.urlValue, location.href);
    address.searchParams.set("q", this.fieldTarget.value.trim());
    const rows = await this.fetch(address, asking.signal);
    if (this.asking !== asking) return; // a newer request is running
    this.asking = undefined;
    if (!this.dialog && document.activeElement !== this.fieldTarget) return this.close();
    if (rows) this.show(rows);
    else this.close();
    if (this.enterWaits) this.enter();
  }

  private async fetch(address: URL, signal: AbortSignal): Promise<DocumentFragment | null> {
    const answer = await fetch(address, { signal }).catch(() => null);
    if (!answer?.ok || answer.redirected) return null;
    const text = await answer.text().catch(() => "");
    return document.createRange().createContextualFragment(text);
  }

  private show(rows: DocumentFragment): void {
    const list = this.list!;
    list.replaceChildren(rows);
    const options = this.options();
    options.forEach((option, index) => (option.id = `${list.id}-${index}`));
    this.at = options.findIndex((option) => option.dataset.best !== undefined);
    list.hidden = !options.length;
    list.scrollTop = 0;
    this.element.toggleAttribute("data-open", !list.hidden);
    this.fieldTarget.setAttribute("aria-expanded", String(!list.hidden));
    this.mark();
    this.said!.textContent = word("results", options.length);
  }

  private close(): void {
    this.forget();
    this.enterWaits = false;
    this.at = -1;
    if (!this.list || this.list.hidden) return;
    this.list.hidden = true;
    this.said!.textContent = "";
    this.element.removeAttribute("data-open");
    this.fieldTarget.setAttribute("aria-expanded", "false");
    this.fieldTarget.removeAttribute("aria-activedescendant");
  }

  // -- choosing -------------------------------------------------------------------------------------------------------

  private pressed(event: KeyboardEvent): void {
    const composing = event.isComposing || event.keyCode === 229;
    if (composing) {
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list!.hidden) void this.ask();
      else this.move(step);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      if (!this.timer && !this.asking && !this.chosen()) return; // nothing is marked: the form searches
      event.preventDefault();
      this.enter();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.list!.hidden) this.fieldTarget.blur();
      else this.close();
    }
  }

  private enter(): void {
    if (this.timer || this.asking) {
      this.enterWaits = true;
      if (this.timer) void this.ask();
      return;
    }
    this.enterWaits = false;
    const chosen = this.chosen();
    if (chosen) chosen.click();
    else this.element.requestSubmit();
  }

  private chosen(): HTMLElement | undefined {
    return this.list?.hidden ? undefined : this.options()[this.at];
  }

  private options(): HTMLElement[] {
    return [...this.list!.querySelectorAll<HTMLElement>("[role=option]")];
  }

  /** Between the last and the first row is the field itself, where nothing is marked. */
  private move(step: number): void {
    const places = this.options().length + 1;
    this.at = ((this.at + 1 + step + places) % places) - 1;
    this.mark();
  }

  private mark(): void {
    this.options().forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    const chosen = this.chosen();
    if (!chosen) return this.fieldTarget.removeAttribute("aria-activedescendant");
    this.fieldTarget.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  /** A link navigates by itself; a command clicks its button in the page frame. */
  private taken(event: Event): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-press]");
    const away = (event.target as Element).closest("a");
    if (!button && !away) return;
    this.close();
    this.dialog?.close();
    if (!button) return;
    this.fieldTarget.value = "";
    this.fieldTarget.blur();
    document.querySelector<HTMLElement>(button.dataset.press ?? "")?.click();
  }
}
