import { Controller } from "@hotwired/stimulus";
import { meta, word } from "../../../kit/islands/lib/words";

const EVERY = 3 * 60 * 1000;
const PLACE = "used-at";
const USES = ["pointerdown", "keydown", "scroll", "visibilitychange"];

interface Told {
  person: number;
  here: boolean;
}

/**
 * Reports that this page is visible and used (at most every few minutes for all tabs of a browser together), and shows
 * who comes and goes: `live:here` updates the dot of every `[data-presence]` of that person.
 */
export default class Presence extends Controller<HTMLElement> {
  private isOpened = false;

  override connect(): void {
    for (const name of USES) document.addEventListener(name, this.used, { passive: true, capture: true });
    document.addEventListener("live:here", this.told);
    document.addEventListener("live:open", this.opened);
    this.used();
  }

  override disconnect(): void {
    for (const name of USES) document.removeEventListener(name, this.used, { capture: true });
    document.removeEventListener("live:here", this.told);
    document.removeEventListener("live:open", this.opened);
  }

  private readonly used = (): void => {
    const [person, at] = (localStorage.getItem(PLACE) ?? "").split(" ");
    const me = this.element.dataset.me ?? "";
    // A colleague may have used this browser a minute ago.
    if (document.hidden || (person === me && Date.now() - Number(at) < EVERY)) return;
    localStorage.setItem(PLACE, `${me} ${Date.now()}`);
    void fetch("/presence/", { method: "POST", headers: { "X-CSRFToken": meta("csrf-token") } }).catch(() => localStorage.removeItem(PLACE));
  };

  /** After a disconnect the server may have lost it: report again. */
  private readonly opened = (): void => {
    const first = !this.isOpened;
    this.isOpened = true;
    if (first) return;
    localStorage.removeItem(PLACE);
    this.used();
  };

  private readonly told = (event: Event): void => {
    const { person, here } = (event as CustomEvent<Told>).detail;
    for (const mark of document.querySelectorAll<HTMLElement>(`[data-presence="${person}"]`)) {
      const dot = mark.querySelector(".presence");
      dot?.classList.toggle("on", here);
      dot?.classList.toggle("away", !here);
      const state = word(here ? "here" : "away");
      const words = mark.querySelector(".presence-word");
      if (words) words.textContent = state;
      if (mark.dataset.name) mark.setAttribute("aria-label", `${mark.dataset.name}${word("comma")}${state}`);
    }
  };
}
