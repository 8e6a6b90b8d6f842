import { beforeEach, expect, test, vi } from "vitest";
import VoiceMessage from "../../../zhiliu/conversations/islands/voice-message";
import { find, page, settle } from "../../islands";

let playing: Set<HTMLAudioElement>;

beforeEach(() => {
  playing = new Set();
  vi.stubGlobal("IntersectionObserver", class {
    observe(): void {}
    disconnect(): void {}
  });
  Object.defineProperty(HTMLMediaElement.prototype, "paused", { configurable: true, get() {
    return !playing.has(this as HTMLAudioElement);
  } });
  HTMLMediaElement.prototype.play = async function () {
    playing.add(this as HTMLAudioElement);
    this.dispatchEvent(new Event("play"));
  };
  HTMLMediaElement.prototype.pause = function () {
    playing.delete(this as HTMLAudioElement);
    this.dispatchEvent(new Event("pause"));
  };
});

async function open(...seconds: string[]): Promise<void> {
  const player = (length: string): string =>
    `<div class="voice-message" data-controller="voice-message"><audio controls ${length && `data-seconds="${length}"`} src="/v"></audio><span data-length>x</span></div>`;
  await page(seconds.map(player).join(""), { "voice-message": VoiceMessage });
}

function time(): string {
  return find(".voice-time").textContent ?? "";
}

function speed(): string {
  return find(".voice-speed").textContent ?? "";
}

test("the length is told before it is played, and replaces what stands without scripts", async () => {
  await open("75");
  expect([time(), find<HTMLInputElement>(".voice-place").max, find<HTMLAudioElement>("audio").controls, document.querySelector("[data-length]")]).toEqual(["1:15", "75", false, null]);
});

test("one plays at a time, and a second press pauses", async () => {
  await open("5", "6");
  const [first, second] = [...document.querySelectorAll<HTMLElement>(".voice-play")];
  first?.click();
  second?.click();
  expect([...playing]).toEqual([document.querySelectorAll("audio")[1]]);
  expect([first, second].map((button) => button?.getAttribute("aria-label"))).toEqual(["play", "pause"]);
  second?.click();
  expect(playing.size).toBe(0);
});

test("the speed goes round, counts at once and is remembered on the device", async () => {
  await open("5");
  const button = find(".voice-speed");
  expect(speed()).toBe("1×");
  button.click();
  expect([speed(), find<HTMLAudioElement>("audio").playbackRate]).toEqual(["1.5×", 1.5]);
  await open("5");
  expect(speed()).toBe("1.5×");
  find(".voice-play").click();
  expect(find<HTMLAudioElement>("audio").playbackRate).toBe(1.5);
  find(".voice-speed").click();
  find(".voice-speed").click();
  expect([speed(), localStorage.getItem("voice-speed")]).toEqual(["1×", "1"]);
});

test("a speed chosen beside one recording is shown beside all", async () => {
  await open("5", "6");
  find(".voice-speed").click();
  expect([...document.querySelectorAll(".voice-speed")].map(({ textContent }) => textContent)).toEqual(["1.5×", "1.5×"]);
});

test("a speed that is none counts as the usual one", async () => {
  localStorage.setItem("voice-speed", "7");
  await open("5");
  expect(speed()).toBe("1×");
});

test("the slider leads to a place, which is told", async () => {
  await open("75");
  const place = find<HTMLInputElement>(".voice-place");
  place.value = "65";
  place.dispatchEvent(new Event("input"));
  expect([find<HTMLAudioElement>("audio").currentTime, time(), place.getAttribute("aria-valuetext")]).toEqual([65, "1:05 / 1:15", "1:05 / 1:15"]);
});

test("what cannot be played says so", async () => {
  await open("5");
  find("audio").dispatchEvent(new Event("error"));
  await settle();
  expect(time()).toBe("sound_failed");
});

test("moved into the new form of its message, it plays on", async () => {
  await open("5");
  find(".voice-play").click();
  document.body.append(document.createElement("article"));
  find("article").append(find(".voice-message"));
  await settle();
  expect(playing.size).toBe(1);
  find(".voice-message").remove();
  await settle();
  expect(playing.size).toBe(0);
});
