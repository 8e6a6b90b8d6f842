import { beforeEach, expect, test, vi } from "vitest";
import { Voice } from "../../../zhiliu/conversations/islands/lib/voice";
import { settle } from "../../islands";

let recorders: Recorder[];
let tracks: { isLive: boolean; stop: () => void }[];
let allow: (() => void)[];
let told: (number | null)[];
let files: string[];
let voice: Voice;

class Recorder {
  state = "inactive";
  readonly mimeType = "audio/webm;codecs=opus";
  ondataavailable: (event: { data: Blob }) => void = () => undefined;
  onstop: () => void = () => undefined;
  constructor() {
    recorders.push(this);
  }
  start(): void {
    this.state = "recording";
  }
  stop(): void {
    this.state = "inactive";
    this.ondataavailable({ data: new Blob(["sound"]) });
    this.onstop();
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-30T10:00:00Z") });
  [recorders, tracks, allow, told, files] = [[], [], [], [], []];
  vi.stubGlobal("MediaRecorder", Recorder);
  Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: { getUserMedia } });
  voice = new Voice((seconds) => told.push(seconds), (file) => files.push(`${file.name} ${file.type} ${file.size}`));
});

/** The browser asks the person, who says yes when the test does. */
function getUserMedia(): Promise<unknown> {
  const track = { isLive: true, stop: () => void (track.isLive = false) };
  tracks.push(track);
  return new Promise((resolve) => allow.push(() => resolve({ getTracks: () => [track] })));
}

async function press(): Promise<void> {
  void voice.toggle().catch(() => undefined);
  await settle();
  allow.splice(0).forEach((yes) => yes());
  await settle();
}

test("a press begins, the next one ends and hands over the recording", async () => {
  await press();
  expect([voice.isRecording, told]).toEqual([true, [0]]);
  await vi.advanceTimersByTimeAsync(1000);
  await press();
  expect([voice.isRecording, told, files]).toEqual([false, [0, 0, 1, null], ["voice-20261130100001.webm audio/webm 5"]]);
  expect(tracks.map((track) => track.isLive)).toEqual([false]);
});

test("a double press begins one recording, and no microphone stays on", async () => {
  void voice.toggle();
  await press();
  expect([recorders.length, tracks.length]).toEqual([1, 1]);
  await press();
  expect([files.length, tracks.map((track) => track.isLive)]).toEqual([1, [false]]);
});

test("what nobody wants any more is thrown away, and the microphone is off", async () => {
  await press();
  voice.cancel();
  expect([files, told, tracks.map((track) => track.isLive)]).toEqual([[], [0, null], [false]]);
});

test("a microphone that is allowed too late is not listened to", async () => {
  void voice.toggle();
  voice.cancel();
  await settle();
  allow.splice(0).forEach((yes) => yes());
  await settle();
  expect([recorders, told, tracks.map((track) => track.isLive)]).toEqual([[], [], [false]]);
});

test("after a refusal it can be tried again", async () => {
  vi.stubGlobal("MediaRecorder", class {
    constructor() {
      throw new DOMException("no", "NotSupportedError");
    }
  });
  await press();
  vi.stubGlobal("MediaRecorder", Recorder);
  await press();
  expect([voice.isRecording, tracks.map((track) => track.isLive)]).toEqual([true, [false, true]]);
});

test("five minutes are the most", async () => {
  await press();
  await vi.advanceTimersByTimeAsync(5 * 60_000 + 1000);
  expect([voice.isRecording, files.length]).toEqual([false, 1]);
});
