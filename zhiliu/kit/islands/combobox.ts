import { Controller } from "@hotwired/stimulus";
import { icon, word } from "./lib/words";

interface Found {
  value: string;
  label: string;
  hint?: string;
  detail?: string;
  create?: boolean;
}

let number = 0;

/**
 * A combobox that queries `data-combobox-url-value` with `?q=` while typing; the answer is JSON `[{value, label, hint,
 * detail}]`. The select (or text field) inside stays the form's field: choices are written into it, so nothing else has
 * to know. Enter during an input-method composition neither chooses nor submits. ↑ ↓ move; Backspace in the empty field
 * removes the last token.
 */
export default class Combobox extends Controller<HTMLElement> {
  static override values = { url: String, several: Boolean, create: Boolean };
  declare readonly urlValue: string;
  declare readonly severalValue: boolean;
  declare readonly createValue: boolean;

  private native!: HTMLSelectElement | HTMLInputElement;
  private box!: HTMLElement;
  private input!: HTMLInputElement;
  private list!: HTMLUListElement;
  private found: Found[] = [];
  private at = -1;
  private timer = 0;
  private asking: AbortController | undefined;

  override connect(): void {
    const native = this.element.querySelector<HTMLSelectElement | HTMLInputElement>("select, input");
    if (!native || this.element.querySelector(".combobox-list")) return;
    this.native = native;
    this.build();
    this.drawTokens();
    document.addEventListener("pointerdown", this.outside);
  }

  override disconnect(): void {
    document.removeEventListener("pointerdown", this.outside);
    this.forget();
  }

  // -- building -------------------------------------------------------------------------------------------------------

  private build(): void {
    const id = `combobox-${++number}`;
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: `${id}-list`, className: "combobox-list", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.input = this.native instanceof HTMLInputElement ? this.native : this.searchField();
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id }))
      this.input.setAttribute(name, value);
    this.input.autocomplete = "off";
    this.list.setAttribute("aria-label", this.labelText());
    this.element.append(this.list);
    this.input.addEventListener("input", (event) => this.typed(event as InputEvent));
    this.input.addEventListener("compositionend", () => this.ask());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("focus", () => this.native === this.input || this.ask());
    this.input.addEventListener("blur", () => this.left());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.clicked(event));
  }

  /** The text field to type in; the select is hidden and the label points here. */
  private searchField(): HTMLInputElement {
    const input = document.createElement("input");
    input.type = "text";
    input.id = `${this.native.id}-find`;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      const value = this.native.getAttribute(name);
      if (value) input.setAttribute(name, value);
    }
    input.placeholder = this.native.dataset.placeholder ?? "";
    this.box = document.createElement("div");
    this.box.className = "combobox-box input";
    this.box.append(input);
    this.box.addEventListener("pointerdown", (event) => event.target === this.box && setTimeout(() => input.focus()));
    this.native.hidden = true;
    this.native.before(this.box);
    const label = this.label();
    if (label) label.htmlFor = input.id;
    return input;
  }

  private label(): HTMLLabelElement | null {
    return document.querySelector<HTMLLabelElement>(`label[for="${CSS.escape(this.native.id)}"]`);
  }

  private labelText(): string {
    return (this.label() ?? this.element.parentElement?.querySelector("label"))?.textContent ?? "";
  }

  // -- asking ---------------------------------------------------------------------------------------------------------

  private typed(event: InputEvent): void {
    if (event.isComposing) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), 150);
  }

  /** Cancel the running or pending request. */
  private forget(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  private async ask(): Promise<void> {
    const q = this.input.value.trim();
    this.forget();
    this.asking = new AbortController();
    const address = new URL(this.urlValue, location.href);
    address.searchParams.set("q", q);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: this.asking.signal });
      if (!answer.ok) return this.close();
      this.found = ((await answer.json()) as Found[]).filter((item) => !this.chosen().some((option) => option.value === String(item.value)));
    } catch {
      return; // a newer request is running, or the network is down: keep the text
    }
    if (this.createValue && q && !this.found.some((item) => item.label === q)) this.found.push({ value: q, label: word("create", q), create: true });
    if (document.activeElement === this.input) this.show();
  }

  private show(): void {
    this.at = this.found.length && this.input.value ? 0 : -1;
    const rows = this.found.map((item, index) => this.row(item, index));
    if (!rows.length && !this.input.value) return this.close();
    this.list.replaceChildren(...(rows.length ? rows : [this.nothing()]));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
  }

  private row(item: Found, index: number): HTMLLIElement {
    const row = document.createElement("li");
    row.id = `${this.list.id}-${index}`;
    row.setAttribute("role", "option");
    row.dataset.index = String(index);
    row.append(element("span", item.label));
    if (item.detail) row.append(element("span", item.detail, "hint"));
    if (item.hint) row.append(element("kbd", item.hint));
    return row;
  }

  private nothing(): HTMLLIElement {
    const row = element("li", word("nothing_found"), "nothing");
    row.setAttribute("role", "option");
    row.setAttribute("aria-disabled", "true");
    return row as HTMLLIElement;
  }

  private close(): void {
    this.forget();
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  // -- choosing -------------------------------------------------------------------------------------------------------

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.stopPropagation();
      return;
    }
    const open = !this.list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!open) void this.ask();
      else this.move(step);
    } else if (event.key === "Enter" && open && this.at >= 0) {
      event.preventDefault();
      this.choose(this.at);
    } else if (event.key === "Enter" && this.native !== this.input && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // a half-typed name must not submit the form
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      event.preventDefault();
      this.close();
    } else if (event.key === "Backspace" && !this.input.value) {
      this.remove(this.chosen().at(-1));
    }
  }

  private move(step: number): void {
    if (!this.found.length) return;
    this.at = (this.at + step + this.found.length) % this.found.length;
    this.mark();
  }

  private mark(): void {
    for (const row of this.list.children) row.setAttribute("aria-selected", String(row === this.list.children[this.at] && this.at >= 0));
    const row = this.list.children[this.at];
    if (!row || this.at < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  private clicked(event: Event): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-index]");
    if (row) this.choose(Number(row.dataset.index));
  }

  private choose(index: number): void {
    const item = this.found[index];
    if (!item) return;
    const label = item.create ? item.value : item.label;
    if (this.native instanceof HTMLInputElement) this.native.value = label;
    else this.select(this.native, String(item.value), label);
    this.close();
    this.told();
    this.input.focus();
  }

  private select(native: HTMLSelectElement, value: string, label: string): void {
    if (!this.severalValue) for (const option of native.options) option.selected = false;
    const existing = [...native.options].find((option) => option.value === value);
    if (existing) existing.selected = true;
    else native.add(new Option(label, value, true, true));
    this.input.value = "";
    this.drawTokens();
  }

  private remove(option: HTMLOptionElement | undefined): void {
    if (!option) return;
    option.selected = false;
    // A single select always shows an option; an empty one stands for "none".
    if (!this.severalValue && this.native instanceof HTMLSelectElement) {
      if (![...this.native.options].some((option) => option.value === "")) this.native.add(new Option("", ""), 0);
      this.native.value = "";
    }
    this.drawTokens();
    this.told();
  }

  private chosen(): HTMLOptionElement[] {
    if (!(this.native instanceof HTMLSelectElement)) return [];
    return [...this.native.options].filter((option) => option.selected && option.value !== "");
  }

  private drawTokens(): void {
    if (!this.box) return;
    for (const token of this.box.querySelectorAll(".token")) token.remove();
    for (const option of this.chosen()) this.input.before(this.token(option));
    this.input.placeholder = this.chosen().length ? "" : (this.native.dataset.placeholder ?? "");
  }

  private token(option: HTMLOptionElement): HTMLElement {
    const token = element("span", option.text, "token");
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", word("remove", option.text));
    button.append(icon("x", 14));
    button.addEventListener("click", () => {
      this.remove(option);
      this.input.focus();
    });
    token.append(button);
    return token;
  }

  private told(): void {
    this.native.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private left(): void {
    this.close();
    if (this.native !== this.input) this.input.value = "";
  }

  private readonly outside = (event: Event): void => {
    if (!this.element.contains(event.target as Node)) this.close();
  };
}

function element(name: string, text: string, className = ""): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}
