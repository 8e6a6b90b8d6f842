import { type Said, phrase } from "./said";

const LASTS = 5000;

/** Who is typing, in the line above the field. */
export class Writers {
  private readonly writing = new Map<number, { name: string; until: number }>();
  private readonly timer = window.setInterval(() => this.forget(), 1000);

  /** @param line shows it; a thread on its own page has none. */
  constructor(private readonly line: HTMLElement | undefined) {}

  stop(): void {
    clearInterval(this.timer);
  }

  saw(by: number, name: string): void {
    this.writing.set(by, { name, until: Date.now() + LASTS });
    this.tell();
  }

  /** Remove people whose message has arrived. */
  said(many: Said[]): void {
    for (const message of many) this.writing.delete(Number(document.getElementById(`message-${message.id}`)?.dataset.by));
    this.tell();
  }

  private forget(): void {
    for (const [by, writer] of this.writing) if (writer.until < Date.now()) this.writing.delete(by);
    this.tell();
  }

  private tell(): void {
    if (!this.line) return;
    const names = [...this.writing.values()].map((writer) => writer.name);
    const words = names.length > 2 ? phrase("several") : names.length ? phrase("typing", names.join(phrase("comma"))) : "";
    if (this.line.textContent !== words) this.line.textContent = words;
  }
}
