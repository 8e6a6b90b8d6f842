import { ask } from "./asking";
import { phrase } from "./said";

interface Found {
  value: number;
  label: string;
  hint?: string;
}

const PAUSE = 120;

/**
 * Names after @ in a text field: by name, pinyin and initials. Arrows choose, Enter or Tab takes, Esc closes. Never while an input
 * method is composing.
 */
export class Completion {
  /** People chosen so far, by the name that stands in the text. */
  readonly chosen = new Map<string, number>();
  private readonly list = document.createElement("ul");
  private found: Found[] = [];
  private at = 0;
  private timer = 0;

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly url: string,
  ) {
    this.list.className = "menu names";
    this.list.setAttribute("role", "listbox");
    this.list.id = `names-${Math.random().toString(36).slice(2, 8)}`;
    this.list.hidden = true;
    field.setAttribute("aria-controls", this.list.id);
    field.before(this.list);
    field.addEventListener("input", this.typed);
    field.addEventListener("compositionend", this.typed);
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const row = (event.target as Element).closest<HTMLElement>("li");
      if (row) this.take(Number(row.dataset.index));
    });
  }

  get isOpen(): boolean {
    return !this.list.hidden;
  }

  /** A key of the field; true when it was ours. */
  pressed(event: KeyboardEvent): boolean {
    if (!this.isOpen || event.isComposing || event.keyCode === 229) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.at + step + this.found.length) % this.found.length);
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") this.take(this.at);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private readonly typed = (event: Event): void => {
    if (event instanceof InputEvent && event.isComposing) return;
    clearTimeout(this.timer);
    const word = this.word();
    if (word === null) return this.close();
    this.timer = window.setTimeout(() => void this.look(word), PAUSE);
  };

  /** What was typed after the last @, or null when the caret is not there. */
  private word(): string | null {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const found = /(?:^|[^\w@])@([\p{L}\p{N}·]{0,20})$/u.exec(before);
    return found ? (found[1] ?? "") : null;
  }

  private async look(word: string): Promise<void> {
    const people = await ask<Found[]>(this.url, { q: word }).catch(() => []);
    if (this.word() !== word) return;
    const everybody = phrase("everybody");
    this.found = people;
    if (everybody.startsWith(word) || "all".startsWith(word)) this.found = [...people, { value: 0, label: everybody, hint: phrase("everybodyHint") }];
    if (!this.found.length) return this.close();
    this.list.replaceChildren(...this.found.map((one, index) => this.row(one, index)));
    this.list.hidden = false;
    this.mark(0);
  }

  private row(one: Found, index: number): HTMLLIElement {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.id = `${this.list.id}-${index}`;
    row.dataset.index = String(index);
    const name = document.createElement("span");
    name.textContent = one.label;
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = one.hint ?? "";
    row.append(name, hint);
    return row;
  }

  private mark(index: number): void {
    this.at = index;
    [...this.list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === index)));
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${index}`);
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  private take(index: number): void {
    const one = this.found[index];
    if (!one) return;
    const caret = this.field.selectionStart;
    const start = this.field.value.lastIndexOf("@", caret - 1);
    this.field.setRangeText(`@${one.label} `, start, caret, "end");
    if (one.value) this.chosen.set(one.label, one.value);
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  close(): void {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
}
