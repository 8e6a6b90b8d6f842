import { Controller } from "@hotwired/stimulus";
import { keptHere } from "./lib/unsent";

/** The offline page: lists what was written and is not on the server, and goes on when there is a connection. */
export default class Unsent extends Controller<HTMLElement> {
  static override targets = ["part", "list", "row"];
  declare readonly partTarget: HTMLElement;
  declare readonly listTarget: HTMLElement;
  declare readonly rowTarget: HTMLTemplateElement;

  override connect(): void {
    const kept = keptHere();
    this.partTarget.hidden = !kept.length;
    for (const { text, at, isMessage } of kept) this.listTarget.append(this.row(text, at, isMessage));
    addEventListener("online", this.retry);
  }

  override disconnect(): void {
    removeEventListener("online", this.retry);
  }

  /** The address bar still shows the page that was asked for. */
  readonly retry = (): void => location.reload();

  private row(text: string, at: number, isMessage: boolean): Node {
    const row = this.rowTarget.content.cloneNode(true) as DocumentFragment;
    const set = (part: string, value: string): void => {
      const element = row.querySelector<HTMLElement>(`[data-part="${part}"]`);
      if (element) element.textContent = value;
    };
    set("text", text);
    set("time", at ? moment(at) : "");
    row.querySelector<HTMLElement>(isMessage ? '[data-part="draft"]' : '[data-part="message"]')?.remove();
    return row;
  }
}

/** Return a moment as the product writes it: day before month in English, 24 hours. */
function moment(at: number): string {
  const locale = document.documentElement.lang === "zh-Hans" ? "zh-Hans" : "en-GB";
  return new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}
