import { Controller } from "@hotwired/stimulus";

/**
 * The running order as bars, with the current part's name and the time it has left. Screen readers do not announce each
 * second. With data-stage-clock-over-value, an overrun last part counts up: +0:42.
 */
export default class StageClock extends Controller<HTMLElement> {
  static override targets = ["step", "name", "clock", "word"];
  static override values = { over: Boolean };
  declare readonly overValue: boolean;
  declare readonly stepTargets: HTMLElement[];
  declare readonly nameTarget: HTMLElement;
  declare readonly clockTarget: HTMLElement;
  declare readonly wordTarget: HTMLElement;
  declare readonly hasClockTarget: boolean;
  private timer = 0;

  override connect(): void {
    this.turn();
    this.timer = window.setInterval(() => this.turn(), 1000);
  }

  override disconnect(): void {
    clearInterval(this.timer);
  }

  private turn(): void {
    // The stage is empty until a talk begins, and is morphed then.
    if (!this.hasClockTarget) return;
    const now = Date.now();
    let left = 0;
    for (const step of this.stepTargets) {
      const start = Date.parse(step.dataset.start ?? "");
      const end = Date.parse(step.dataset.end ?? "");
      const bar = step.querySelector("progress");
      if (bar) bar.value = Math.min(1, Math.max(0, (now - start) / (end - start)));
      if (now < start || now >= end) continue;
      left = end - now;
      if (this.nameTarget.textContent !== step.dataset.name) this.nameTarget.textContent = step.dataset.name ?? "";
    }
    const late = this.overValue && left <= 0 ? this.late(now) : 0;
    this.element.classList.toggle("is-over", late > 0);
    this.wordTarget.hidden = left <= 0;
    this.clockTarget.textContent = left > 0 ? words(left) : late > 0 ? `+${words(late)}` : "";
  }

  /** Milliseconds since the last part ended. */
  private late(now: number): number {
    return now - Date.parse(this.stepTargets.at(-1)?.dataset.end ?? "") || 0;
  }
}

function words(left: number): string {
  const seconds = Math.ceil(left / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
