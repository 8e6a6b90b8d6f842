import { Controller } from "@hotwired/stimulus";
import { type Draft as Kept, forgetDraft, keepDraft, markSent, readDraft } from "./lib/drafts";
import { word } from "./lib/words";

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Keeps what is typed into a form on this device until it was sent: `data-controller="draft" data-draft-key-value="need-new"`.
 * On return the text is put back into fields the server left empty, with a line to discard it.
 */
export default class Draft extends Controller<HTMLFormElement> {
  static override values = { key: String };
  declare readonly keyValue: string;
  private timer = 0;

  override connect(): void {
    this.restore();
    this.element.addEventListener("input", this.changed);
    this.element.addEventListener("submit", this.sent);
    this.element.addEventListener("htmx:after:request", this.answered);
  }

  override disconnect(): void {
    this.element.removeEventListener("input", this.changed);
    this.element.removeEventListener("submit", this.sent);
    this.element.removeEventListener("htmx:after:request", this.answered);
    clearTimeout(this.timer);
  }

  private fields(): Field[] {
    const all = [...this.element.querySelectorAll<Field>("textarea[name], input[name]")];
    return all.filter((field) => field instanceof HTMLTextAreaElement || ["text", "search", "url", "email"].includes(field.type));
  }

  private restore(): void {
    const draft = readDraft(this.keyValue);
    const lost = this.fields().filter((field) => !field.value && draft[field.name]);
    for (const field of lost) field.value = draft[field.name] ?? "";
    if (lost.length) this.tell(lost);
  }

  private tell(fields: Field[]): void {
    const line = document.createElement("p");
    line.className = "hint row";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = word("discard");
    button.addEventListener("click", () => {
      for (const field of fields) field.value = "";
      forgetDraft(this.keyValue);
      line.remove();
      fields[0]?.focus();
    });
    line.append(`${word("restored")} `, button);
    this.element.prepend(line);
  }

  private readonly changed = (): void => {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.keep(), 300);
  };

  private keep(): void {
    const draft: Kept = {};
    for (const field of this.fields()) draft[field.name] = field.value;
    keepDraft(this.keyValue, draft);
  }

  private readonly sent = (): void => {
    clearTimeout(this.timer);
    this.keep();
    markSent(this.keyValue);
  };

  private readonly answered = (event: Event): void => {
    const { ctx } = (event as CustomEvent<{ ctx: { response?: { status: number }; sourceElement: Element } }>).detail;
    if (ctx.sourceElement === this.element && (ctx.response?.status ?? 500) < 400) forgetDraft(this.keyValue);
  };
}
