const LONGEST = 5 * 60_000;

/** Records a voice message in the browser. */
export class Voice {
  private recorder: MediaRecorder | undefined;
  private isStarting = false;
  private isCancelled = false;
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

  /** Begin or end a recording; a second press while the browser asks for the microphone does nothing. */
  async toggle(): Promise<void> {
    if (this.isRecording) return this.recorder?.stop();
    if (this.isStarting) return;
    this.isStarting = true;
    try {
      await this.start();
    } finally {
      this.isStarting = false;
    }
  }

  /** Nobody wants the recording any more: nothing listens on. */
  cancel(): void {
    this.isCancelled = true;
    if (this.isRecording) this.recorder?.stop();
  }

  private async start(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    if (this.isCancelled) return end(stream);
    try {
      this.record(stream);
    } catch (error) {
      end(stream);
      throw error;
    }
  }

  private record(stream: MediaStream): void {
    const parts: Blob[] = [];
    const recorder = new MediaRecorder(stream);
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => {
      clearInterval(this.timer);
      this.tell(null);
      end(stream);
      if (!this.isCancelled) this.done(fileOf(parts, recorder.mimeType));
    };
    recorder.start();
    this.recorder = recorder;
    this.started = Date.now();
    this.timer = window.setInterval(() => this.tick(), 500);
    this.tell(0);
  }

  private tick(): void {
    const passed = Date.now() - this.started;
    this.tell(Math.floor(passed / 1000));
    if (passed > LONGEST) this.recorder?.stop();
  }
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function fileOf(parts: Blob[], mimeType: string): File {
  const type = mimeType.split(";")[0] ?? "audio/webm";
  const ending = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:T]/g, "");
  return new File(parts, `voice-${stamp}.${ending}`, { type });
}
