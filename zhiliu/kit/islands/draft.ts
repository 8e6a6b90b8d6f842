import { Controller } from "@hotwired/stimulus";
import { adopt, type Draft as Kept, drafts, type Entry, forgetArrived, forgetDraft, idOf, keepDraft, release, takeBack } from "./lib/drafts";
import { FREE_TEXT } from "./lib/every-form";
import { word } from "./lib/words";

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Keeps typed text of a form on this device until the server has stored it. Every form with free text gets it
 * (`lib/every-form.ts`); forms that are the same on several pages share a `data-draft-key-value`. On return the text is
 * restored, with a way to discard it; if the server shows a newer text by now, the draft is only offered.
 */
export default class Draft extends Controller<HTMLFormElement> {
  static override values = { key: String };
  declare readonly keyValue: string;
  private base: Kept = {};
  private timer = 0;
  private line: HTMLElement | undefined;
  private sentId = "";

  override connect(): void {
    forgetArrived();
    this.base = this.read();
    this.offer();
    this.element.addEventListener("input", this.changed);
    this.element.addEventListener("submit", this.sent, true);
    this.element.addEventListener("htmx:finally:request", this.answered);
    addEventListener("pagehide", this.flush);
  }

  override disconnect(): void {
    this.element.removeEventListener("input", this.changed);
    this.element.removeEventListener("submit", this.sent, true);
    this.element.removeEventListener("htmx:finally:request", this.answered);
    removeEventListener("pagehide", this.flush);
    this.flush();
  }

  /** Return the fields by name; repeated names are numbered. */
  private fields(): Map<string, Field> {
    const named = new Map<string, Field>();
    for (const field of this.element.querySelectorAll<Field>(FREE_TEXT)) {
      let name = field.name;
      for (let number = 2; named.has(name); number++) name = `${field.name} ${number}`;
      named.set(name, field);
    }
    return named;
  }

  private read(): Kept {
    return Object.fromEntries([...this.fields()].map(([name, field]) => [name, field.value]));
  }

  private offer(): void {
    const [entry] = drafts(this.keyValue);
    if (!entry) return;
    const other = [...this.fields()].filter(([name, field]) => (entry.text[name] ?? field.value) !== field.value);
    if (!other.length) return this.goOn(entry);
    const asBefore = other.every(([name, field]) => !field.value || entry.base?.[name] === field.value);
    if (asBefore) this.putBack(entry);
    else this.tell(word("typed_before"), [[word("put_back"), () => this.putBack(entry)], [word("discard"), () => this.discard(entry)]]);
  }

  private goOn(entry: Entry): void {
    adopt(this.keyValue, entry);
    this.carry();
  }

  private putBack(entry: Entry): void {
    this.goOn(entry);
    this.fill(entry.text);
    this.tell(word("restored"), [[word("discard"), () => this.discard(entry)]]);
  }

  /** Restore what the page showed first and offer the previous draft. */
  private discard(entry: Entry): void {
    clearTimeout(this.timer);
    this.fill(this.base);
    clearTimeout(this.timer);
    this.timer = 0;
    forgetDraft(this.keyValue, entry.id);
    release(this.keyValue);
    this.line?.remove();
    [...this.fields().values()][0]?.focus();
    this.offer();
  }

  private fill(text: Kept): void {
    for (const [name, field] of this.fields()) {
      const value = text[name];
      if (value === undefined || value === field.value) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  private tell(sentence: string, acts: [string, () => void][]): void {
    this.line?.remove();
    this.line = document.createElement("p");
    this.line.className = "hint row draft-line";
    this.line.append(sentence, ...acts.map(([name, act]) => button(name, act)));
    this.element.prepend(this.line);
  }

  private readonly changed = (): void => {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.keep(), 300);
    this.carry();
  };

  private keep(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    keepDraft(this.keyValue, this.read(), this.base);
    this.carry();
  }

  private readonly flush = (): void => {
    if (this.timer) this.keep();
  };

  /** Put the draft's id into the form, so that the server can confirm it. */
  private carry(): void {
    let field = this.element.querySelector<HTMLInputElement>('input[name="_draft"]');
    if (!field) {
      field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "_draft" });
      this.element.append(field);
    }
    field.value = idOf(this.keyValue);
  }

  private readonly sent = (): void => {
    this.keep();
    this.sentId = idOf(this.keyValue);
    release(this.keyValue);
  };

  /** Confirmed drafts are deleted by now; a draft that still exists did not arrive. */
  private readonly answered = (event: Event): void => {
    if (event.target === this.element) takeBack(this.keyValue, this.sentId);
  };
}

function button(name: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "link", textContent: name });
  button.addEventListener("click", act);
  return button;
}
