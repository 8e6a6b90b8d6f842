import { Controller } from "@hotwired/stimulus";
import { word } from "./lib/words";

/** A `<time>` within an hour of now whose text follows the clock; after that it shows the text the server prepared. */
export default class RelativeTime extends Controller<HTMLTimeElement> {
  static override values = { later: String };
  declare readonly laterValue: string;
  private timer = 0;
  private capital = false;

  override connect(): void {
    this.capital = /^\p{Lu}/u.test(this.element.textContent ?? "");
    this.timer = window.setInterval(() => this.refresh(), 30_000);
  }

  override disconnect(): void {
    clearInterval(this.timer);
  }

  private refresh(): void {
    const seconds = (Date.now() - Date.parse(this.element.dateTime)) / 1000;
    const phrase = this.words(seconds);
    const words = this.capital ? phrase.charAt(0).toUpperCase() + phrase.slice(1) : phrase;
    // Writing only on change does not disturb screen readers and text selection.
    if (words !== this.element.textContent) this.element.textContent = words;
  }

  private words(seconds: number): string {
    if (Math.abs(seconds) >= 3600) return this.laterValue;
    if (seconds < 0) return word("in_minutes", Math.max(1, Math.round(-seconds / 60)));
    return seconds < 60 ? word("just_now") : word("minutes", Math.floor(seconds / 60));
  }
}
