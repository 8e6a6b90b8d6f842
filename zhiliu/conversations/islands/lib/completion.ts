import { ask } from "./asking";
import { allEmoji, countUse, emojiFor, emojiOfCode } from "./emoji";
import { phrase } from "./said";

interface Found {
  value: number | string;
  label: string;
  hint?: string;
  also?: string;
  takes?: string;
  /** The emoji that takes the place of its code. */
  sign?: string;
}

const PAUSE = 120;
/** Not inside a mail address. Chinese input methods may write the full-width sign. */
const TYPED = /(?:^|[^\w@＠])[@＠]([\p{L}\p{N}·]{0,20})$/u;
/**
 * A colon at the start, after a blank or after a mark, and two letters or one Chinese character: 时间:明天 and 10:30 are
 * not meant. A second colon ends the code.
 */
const EMOJI = /(?:^|[\s，。！？、；（）])[:：]((?:[a-z0-9_+-]{2,30}|\p{Script=Han}{1,8}):?)$/iu;
const MOST_EMOJI = 8;
/** Commands that name people who are not members yet. */
const OUTSIDE = /^\/(invite|邀请)\s/u;

/**
 * Completes names after @, commands after / and emoji after : in a text field: by name, pinyin and initials. Arrows choose, Enter or
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

  /** The text after the last @, or a command or emoji with its sign; null if the caret is at none of them. */
  private word(): string | null {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const command = /^\/[\p{L}\p{N}-]{0,20}$/u.exec(before);
    if (command) return command[0];
    const emoji = EMOJI.exec(before);
    if (emoji) return `:${emoji[1]}`;
    const match = TYPED.exec(before);
    return match ? (match[1] ?? "") : null;
  }

  private async look(word: string): Promise<void> {
    const items = await this.itemsFor(word).catch(() => []);
    if (this.word() !== word) return;
    this.found = items;
    if (!this.found.length) return this.close();
    // A whole code between two colons needs no choice.
    if (isWholeCode(word)) return this.take(0);
    this.list.replaceChildren(...this.found.map((item, index) => this.row(item, index)));
    this.list.hidden = false;
    this.mark(0);
  }

  private itemsFor(word: string): Promise<Found[]> {
    if (word.startsWith("/")) return ask<Found[]>(this.commands, { q: word.slice(1) });
    return word.startsWith(":") ? emojiItems(word) : this.names(word);
  }

  private async names(word: string): Promise<Found[]> {
    const parameters: Record<string, string | number> = OUTSIDE.test(this.field.value) ? { q: word, outside: 1 } : { q: word };
    const people = await ask<Found[]>(this.people, parameters).catch(() => []);
    const everybody = phrase("everybody");
    if (!everybody.startsWith(word) && !"all".startsWith(word)) return people;
    return [...people, { value: 0, label: everybody, hint: phrase("everybodyHint") }];
  }

  private row(item: Found, index: number): HTMLLIElement {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.id = `${this.list.id}-${index}`;
    row.dataset.index = String(index);
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = item.takes ? `${item.label} ` : item.label;
    if (item.sign) row.append(item.sign);
    if (item.takes) name.append(quiet(item.takes));
    const hint = quiet(item.hint ?? "");
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
    const item = this.found[index];
    const word = this.word();
    if (!item || word === null) return;
    const caret = this.field.selectionStart;
    // A name's sign is not part of the word.
    const start = /^[/:]/.test(word) ? caret - word.length : caret - word.length - 1;
    this.field.setRangeText(writtenOf(item), start, caret, "end");
    if (typeof item.value === "number" && item.value) this.chosen.set(item.label, item.value);
    if (item.sign) countUse(item.sign);
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  close(): void {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
}

/** What an accepted item leaves in the text. A command without arguments gets no trailing space: Enter sends it. */
function writtenOf(item: Found): string {
  if (item.sign) return item.sign;
  return typeof item.value === "string" ? item.label + (item.takes ? " " : "") : `@${item.label} `;
}

function isWholeCode(word: string): boolean {
  return word.startsWith(":") && word.endsWith(":");
}

async function emojiItems(word: string): Promise<Found[]> {
  const all = await allEmoji();
  const code = word.slice(1).replace(/:$/, "");
  const whole = isWholeCode(word) ? emojiOfCode(all, code) : undefined;
  const found = isWholeCode(word) ? [whole].filter((emoji) => emoji !== undefined) : emojiFor(all, code, MOST_EMOJI);
  return found.map(({ sign, name, codes }) => ({ value: 0, label: name, hint: `:${codes[0]}:`, sign }));
}

function quiet(text: string): HTMLSpanElement {
  const span = document.createElement("span");
  span.className = "quiet";
  span.textContent = text;
  return span;
}
