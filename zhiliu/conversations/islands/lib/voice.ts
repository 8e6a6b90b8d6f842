const LONGEST = 5 * 60_000;

/** Records a voice message in the browser. */
export class Voice {
  private recorder: MediaRecorder | undefined;
  private started = 0;
  private timer = 0;

  /** @param tell shows the seconds, or null at the end. @param done gets the recording. */
  constructor(
    private readonly tell: (seconds: number | null) => void,
    private readonly done: (file: File) => void,
  ) {}

  static get isPossible(): boolean {
    return typeof MediaRecorder !== "undefined" && Boolean(navigator.mediaDevices?.getUserMedia);
  }

  get isRecording(): boolean {
    return this.recorder?.state === "recording";
  }

  async toggle(): Promise<void> {
    if (this.isRecording) return this.recorder?.stop();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const parts: Blob[] = [];
    const recorder = new MediaRecorder(stream);
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => {
      clearInterval(this.timer);
      this.tell(null);
      for (const track of stream.getTracks()) track.stop();
      const type = recorder.mimeType.split(";")[0] ?? "audio/webm";
      const ending = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
      const stamp = new Date().toISOString().slice(0, 19).replace(/[-:T]/g, "");
      this.done(new File(parts, `voice-${stamp}.${ending}`, { type }));
    };
    this.recorder = recorder;
    this.started = Date.now();
    this.timer = window.setInterval(() => this.tick(), 500);
    this.tell(0);
    recorder.start();
  }

  private tick(): void {
    const passed = Date.now() - this.started;
    this.tell(Math.floor(passed / 1000));
    if (passed > LONGEST) this.recorder?.stop();
  }
}
