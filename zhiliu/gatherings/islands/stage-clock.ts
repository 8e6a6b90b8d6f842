import { Controller } from "@hotwired/stimulus";

/** The running order as bars, with the name of the part one is in and the minutes and seconds it has left. Readers are not told each second. */
export default class StageClock extends Controller<HTMLElement> {
  static override targets = ["step", "name", "clock", "word"];
  declare readonly stepTargets: HTMLElement[];
  declare readonly nameTarget: HTMLElement;
  declare readonly clockTarget: HTMLElement;
  declare readonly wordTarget: HTMLElement;
  declare readonly hasClockTarget: boolean;
  private timer = 0;

  override connect(): void {
    if (!this.hasClockTarget) return;
    this.turn();
    this.timer = window.setInterval(() => this.turn(), 1000);
  }

  override disconnect(): void {
    clearInterval(this.timer);
  }

  private turn(): void {
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
    this.wordTarget.hidden = left <= 0;
    this.clockTarget.textContent = left > 0 ? words(left) : "";
  }
}

function words(left: number): string {
  const seconds = Math.ceil(left / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
