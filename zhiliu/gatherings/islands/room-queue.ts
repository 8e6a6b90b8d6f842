import { Controller } from "@hotwired/stimulus";

const PAUSE = 3000;
const WITHOUT_STREAM = 20_000;
const EVENTS = ["live:questions", "live:seats", "live:state", "live:reset"];

/**
 * The queue of the room. It refetches itself when questions, seats or state change, throttled to three seconds and
 * never under a pointer or finger, so that nothing moves under the hand that votes. Without a stream it polls every
 * twenty seconds.
 */
export default class RoomQueue extends Controller<HTMLElement> {
  static override values = { topic: String };
  declare readonly topicValue: string;
  private pause = 0;
  private slow = 0;
  private touched = 0;

  override connect(): void {
    for (const name of EVENTS) document.addEventListener(name, this.changed);
    this.element.addEventListener("pointerdown", this.touch);
    this.slow = window.setInterval(() => this.whenCalm(), WITHOUT_STREAM);
  }

  override disconnect(): void {
    for (const name of EVENTS) document.removeEventListener(name, this.changed);
    this.element.removeEventListener("pointerdown", this.touch);
    clearInterval(this.slow);
    clearTimeout(this.pause);
  }

  private readonly touch = (): void => {
    this.touched = Date.now();
  };

  private readonly changed = (event: Event): void => {
    const { topic } = ((event as CustomEvent<{ topic?: string } | null>).detail ?? {}) as { topic?: string };
    if (topic && this.topicValue && topic !== this.topicValue) return;
    clearTimeout(this.pause);
    this.pause = window.setTimeout(() => this.whenCalm(), PAUSE);
  };

  private whenCalm(): void {
    if (document.hidden) return;
    if (this.isUnderHand()) {
      clearTimeout(this.pause);
      this.pause = window.setTimeout(() => this.whenCalm(), PAUSE);
      return;
    }
    this.element.dispatchEvent(new CustomEvent("room:refresh"));
  }

  private isUnderHand(): boolean {
    const isHovered = matchMedia("(hover: hover)").matches && this.element.querySelector(".queue:hover") !== null;
    return isHovered || Date.now() - this.touched < PAUSE || this.element.contains(document.activeElement?.closest("form") ?? null);
  }
}
