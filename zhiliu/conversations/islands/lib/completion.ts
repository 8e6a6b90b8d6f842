import { ask } from "./asking";
import { phrase } from "./said";

interface Found {
  value: number | string;
  label: string;
  hint?: string;
  also?: string;
  takes?: string;
}

const PAUSE = 120;
/** Not inside a mail address. Chinese input methods may write the full-width sign. */
const TYPED = /(?:^|[^\w@＠])[@＠]([\p{L}\p{N}·]{0,20})$/u;
/** Commands that name people who are not members yet. */
const OUTSIDE = /^\/(invite|邀请)\s/u;

/**
 * Completes names after @ and commands after / in a text field: by name, pinyin and initials. Arrows choose, Enter or
 * Tab accepts, Escape closes. Inactive while an input method composes.
 */
export class Completion {
  /** People chosen so far, by their name in the text. */
  readonly chosen = new Map<string, number>();
  private readonly list = document.createElement("ul");
  private found: Found[] = [];
  private at = 0;
  private timer = 0;

  /** @param people URL to find names. @param commands URL to find commands, which are only at the start. */
  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly people: string,
    private readonly commands: string,
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

  /** Handle a key of the field; true if it was consumed. */
  pressed(event: KeyboardEvent): boolean {
    if (!this.isOpen || event.isComposing || event.keyCode === 229) return false;
    // The caret was moved away from the word.
    if (this.word() === null) return this.close(), false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.at + step + this.found.length) % this.found.length);
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
      // Enter sends a fully typed command instead of completing it again.
      if (event.key === "Enter" && this.found[this.at]?.label === this.field.value) return this.close(), false;
      this.take(this.at);
    } else if (event.key === "Escape") this.close();
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

  /** The text after the last @, or a command with its slash at the very start; null if the caret is at neither. */
  private word(): string | null {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const command = /^\/[\p{L}\p{N}-]{0,20}$/u.exec(before);
    if (command) return command[0];
    const found = TYPED.exec(before);
    return found ? (found[1] ?? "") : null;
  }

  private async look(word: string): Promise<void> {
    const found = word.startsWith("/") ? await ask<Found[]>(this.commands, { q: word.slice(1) }).catch(() => []) : await this.names(word);
    if (this.word() !== word) return;
    this.found = found;
    if (!this.found.length) return this.close();
    this.list.replaceChildren(...this.found.map((one, index) => this.row(one, index)));
    this.list.hidden = false;
    this.mark(0);
  }

  private async names(word: string): Promise<Found[]> {
    const parameters: Record<string, string | number> = OUTSIDE.test(this.field.value) ? { q: word, outside: 1 } : { q: word };
    const people = await ask<Found[]>(this.people, parameters).catch(() => []);
    const everybody = phrase("everybody");
    if (!everybody.startsWith(word) && !"all".startsWith(word)) return people;
    return [...people, { value: 0, label: everybody, hint: phrase("everybodyHint") }];
  }

  private row(one: Found, index: number): HTMLLIElement {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.id = `${this.list.id}-${index}`;
    row.dataset.index = String(index);
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = one.takes ? `${one.label} ` : one.label;
    if (one.takes) name.append(quiet(one.takes));
    const hint = quiet(one.hint ?? "");
    hint.className = "hint";
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
    const word = this.word();
    if (!one || word === null) return;
    const caret = this.field.selectionStart;
    const isCommand = typeof one.value === "string";
    const start = isCommand ? 0 : caret - word.length - 1;
    // A command without arguments gets no trailing space: Enter sends it.
    this.field.setRangeText(isCommand ? one.label + (one.takes ? " " : "") : `@${one.label} `, start, caret, "end");
    if (typeof one.value === "number" && one.value) this.chosen.set(one.label, one.value);
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  close(): void {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
}

function quiet(text: string): HTMLSpanElement {
  const made = document.createElement("span");
  made.className = "quiet";
  made.textContent = text;
  return made;
}
