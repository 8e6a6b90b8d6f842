import { Controller } from "@hotwired/stimulus";

/** Roving focus: Tab reaches the toolbar once, arrow keys move inside, Home and End jump. */
export default class Toolbar extends Controller<HTMLElement> {
  override connect(): void {
    this.element.addEventListener("keydown", this.pressed);
    this.element.addEventListener("focusin", this.focused);
    this.stops().forEach((stop, index) => (stop.tabIndex = index ? -1 : 0));
  }

  override disconnect(): void {
    this.element.removeEventListener("keydown", this.pressed);
    this.element.removeEventListener("focusin", this.focused);
  }

  private stops(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("button, a[href], select, summary")];
  }

  private readonly focused = (event: Event): void => {
    for (const stop of this.stops()) stop.tabIndex = stop === event.target ? 0 : -1;
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    const stops = this.stops();
    const at = stops.indexOf(event.target as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    stops[(to + stops.length) % stops.length]?.focus();
  };
}
