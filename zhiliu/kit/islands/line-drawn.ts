import { Controller } from "@hotwired/stimulus";

const SEEN = "lines";
const KEPT = 300;

/**
 * Animates the newest stretch of the lineage once, when this reader first sees that station reached; stored per page on
 * the device.
 */
export default class LineDrawn extends Controller<HTMLElement> {
  override connect(): void {
    const ways = [...this.element.querySelectorAll<HTMLElement>(".lineage.full > li.flows")];
    const seen = read();
    const here = location.pathname;
    if (ways.length <= (seen[here] ?? 0)) return;
    delete seen[here]; // reinserted last; the oldest entries are dropped
    seen[here] = ways.length;
    localStorage.setItem(SEEN, JSON.stringify(Object.fromEntries(Object.entries(seen).slice(-KEPT))));
    ways.at(-1)?.classList.add("just-reached");
  }
}

function read(): Record<string, number> {
  return JSON.parse(localStorage.getItem(SEEN) ?? "{}") as Record<string, number>;
}
