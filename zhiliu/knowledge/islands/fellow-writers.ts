import { Controller } from "@hotwired/stimulus";
import { meta } from "../../kit/islands/lib/words";

const EVERY = 10_000;
const LASTS = 25_000;

/**
 * Shows who else has this article open in the editor: `data-controller="fellow-writers"` on the line with the names.
 * Each visible page announces itself every few seconds, and answers a newcomer at once.
 */
export default class FellowWriters extends Controller<HTMLElement> {
  static override values = { url: String, article: Number, sentence: String };
  static override targets = ["names"];
  declare readonly urlValue: string;
  declare readonly articleValue: number;
  declare readonly sentenceValue: string;
  declare readonly namesTarget: HTMLElement;
  private readonly seen = new Map<number, { name: string; until: number }>();
  private timer = 0;

  override connect(): void {
    document.addEventListener("live:writing", this.heard);
    document.addEventListener("live:open", this.say);
    this.timer = window.setInterval(this.tick, EVERY);
    this.say();
  }

  override disconnect(): void {
    document.removeEventListener("live:writing", this.heard);
    document.removeEventListener("live:open", this.say);
    clearInterval(this.timer);
  }

  private readonly tick = (): void => {
    this.say();
    for (const [by, { until }] of this.seen) if (until < Date.now()) this.seen.delete(by);
    this.show();
  };

  private readonly say = (): void => {
    if (document.visibilityState !== "visible" || !navigator.onLine) return;
    const headers = { "X-CSRFToken": meta("csrf-token") };
    void fetch(this.urlValue, { method: "POST", headers, redirect: "manual" }).catch(() => undefined);
  };

  private readonly heard = (event: Event): void => {
    const { article, by, name } = (event as CustomEvent<{ article: number; by: number; name: string }>).detail;
    if (article !== this.articleValue || String(by) === meta("me")) return;
    const isNew = !this.seen.has(by);
    this.seen.set(by, { name, until: Date.now() + LASTS });
    this.show();
    if (isNew) this.say();
  };

  private show(): void {
    const names = [...this.seen.values()].map(({ name }) => name);
    this.element.hidden = !names.length;
    const text = names.length ? this.sentenceValue.replace("%s", new Intl.ListFormat(document.documentElement.lang).format(names)) : "";
    if (this.namesTarget.textContent !== text) this.namesTarget.textContent = text;
  }
}
