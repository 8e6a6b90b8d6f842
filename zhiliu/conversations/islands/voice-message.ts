import { Controller } from "@hotwired/stimulus";
import { icon, word } from "../../kit/islands/lib/words";
import { clock } from "./lib/clock";
import { lengthOf } from "./lib/sound-length";

const SPEEDS = [1, 1.5, 2];
const SPEED_KEY = "voice-speed";

/**
 * A voice message: play, where it is, how long it is before it is played, and how fast, which this device remembers.
 * Without scripts the browser's own player stays.
 */
export default class VoiceMessage extends Controller<HTMLElement> {
  private audio!: HTMLAudioElement;
  private readonly button = document.createElement("button");
  private readonly place = document.createElement("input");
  private readonly time = document.createElement("span");
  private readonly speed = document.createElement("button");
  private length = 0;

  override connect(): void {
    const audio = this.element.querySelector("audio");
    if (!audio || this.element.contains(this.button)) return;
    this.audio = audio;
    this.length = Number(audio.dataset.seconds ?? 0);
    this.element.querySelector("[data-length]")?.remove();
    audio.controls = false;
    this.build();
    for (const name of ["play", "pause", "ended", "timeupdate", "durationchange"]) audio.addEventListener(name, this.show);
    audio.addEventListener("error", this.failed);
    // Chosen beside another one, it counts here as well.
    document.addEventListener(SPEED_KEY, this.show);
    this.show();
    if (!this.length) this.seen.observe(this.element);
  }

  override disconnect(): void {
    // It was moved, into the new form of its message.
    if (this.element.isConnected) return;
    this.seen.disconnect();
    document.removeEventListener(SPEED_KEY, this.show);
    this.audio?.pause();
    // A recording that was not sent yet.
    if (this.audio?.src.startsWith("blob:")) URL.revokeObjectURL(this.audio.src);
  }

  private build(): void {
    for (const button of [this.button, this.speed]) {
      button.type = "button";
      button.className = "icon-button small";
    }
    this.button.classList.add("voice-play");
    this.button.addEventListener("click", this.toggle);
    this.speed.classList.add("voice-speed");
    this.speed.addEventListener("click", this.faster);
    Object.assign(this.place, { type: "range", min: "0", step: "0.1", value: "0", className: "voice-place" });
    this.place.setAttribute("aria-label", word("position"));
    this.place.addEventListener("input", () => this.jump(Number(this.place.value)));
    this.time.className = "voice-time small quiet";
    this.audio.after(this.button, this.place, this.time, this.speed);
  }

  /** The length of a file that came without one is looked up when it comes into the window. */
  private readonly seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    this.seen.disconnect();
    void lengthOf(this.audio).then((length) => {
      if (!this.audio.paused) return;
      this.length ||= length;
      this.audio.currentTime = 0;
      this.show();
    });
  });

  private readonly toggle = (): void => {
    if (!this.audio.paused) return this.audio.pause();
    for (const other of document.querySelectorAll("audio")) if (other !== this.audio) other.pause();
    this.audio.playbackRate = chosenSpeed();
    void this.audio.play().catch(this.failed);
  };

  private jump(seconds: number): void {
    this.audio.currentTime = seconds;
    this.show();
  }

  private readonly faster = (): void => {
    const next = SPEEDS[(SPEEDS.indexOf(chosenSpeed()) + 1) % SPEEDS.length] ?? 1;
    try {
      localStorage.setItem(SPEED_KEY, String(next));
    } catch {
      // Storage is forbidden: it counts for this one.
    }
    this.audio.playbackRate = next;
    this.showSpeed(next);
    document.dispatchEvent(new Event(SPEED_KEY));
  };

  private readonly show = (): void => {
    const isPlaying = !this.audio.paused && !this.audio.ended;
    const total = Number.isFinite(this.audio.duration) && this.audio.duration > 0 ? this.audio.duration : this.length;
    const now = this.audio.ended ? 0 : this.audio.currentTime;
    this.button.replaceChildren(icon(isPlaying ? "pause" : "play"));
    this.button.setAttribute("aria-label", word(isPlaying ? "pause" : "play"));
    this.place.max = String(total || 1);
    this.place.value = String(now);
    this.place.setAttribute("aria-valuetext", `${clock(now)} / ${clock(total)}`);
    this.time.replaceChildren(...(now > 0 ? [clock(now), ofTotal(total)] : [clock(total)]));
    this.showSpeed(isPlaying ? this.audio.playbackRate : chosenSpeed());
  };

  private showSpeed(speed: number): void {
    this.speed.textContent = `${speed}×`;
    this.speed.setAttribute("aria-label", word("speed", `${speed}×`));
    this.speed.title = word("speed", `${speed}×`);
  }

  private readonly failed = (): void => {
    this.time.textContent = word("sound_failed");
  };
}

/** On a narrow phone there is no room for it while it plays. */
function ofTotal(total: number): HTMLElement {
  const part = document.createElement("span");
  part.className = "voice-total";
  part.textContent = ` / ${clock(total)}`;
  return part;
}

function chosenSpeed(): number {
  try {
    const kept = Number(localStorage.getItem(SPEED_KEY));
    return SPEEDS.includes(kept) ? kept : 1;
  } catch {
    return 1;
  }
}
