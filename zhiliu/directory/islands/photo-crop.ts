import { Controller } from "@hotwired/stimulus";
import { SquareCrop } from "./lib/square-crop";

const STEP = 0.05;
const QUALITY = 0.9;
// The keys move the picture, so the square moves the other way.
const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/**
 * Cuts a chosen picture to a square before it is sent: it is moved by pointer or arrow keys, and zoomed by two fingers,
 * the slider or + and −. A picture the browser cannot show is sent as it is; the server takes its middle.
 */
export default class PhotoCrop extends Controller<HTMLFormElement> {
  static override targets = ["frame", "canvas", "zoom", "unreadable"];
  declare readonly frameTarget: HTMLElement;
  declare readonly canvasTarget: HTMLCanvasElement;
  declare readonly zoomTarget: HTMLInputElement;
  declare readonly unreadableTarget: HTMLElement;

  private picture: ImageBitmap | undefined;
  private crop: SquareCrop | undefined;
  private readonly pointers = new Map<number, PointerEvent>();

  override connect(): void {
    this.input.addEventListener("change", this.chosen);
    this.element.addEventListener("formdata", this.replaceFile);
    this.zoomTarget.addEventListener("input", this.slid);
    this.canvasTarget.addEventListener("keydown", this.pressed);
    this.canvasTarget.addEventListener("pointerdown", this.grabbed);
    this.canvasTarget.addEventListener("pointermove", this.dragged);
    for (const end of ["pointerup", "pointercancel"] as const) this.canvasTarget.addEventListener(end, this.released);
    void this.chosen();
  }

  override disconnect(): void {
    this.input.removeEventListener("change", this.chosen);
    this.element.removeEventListener("formdata", this.replaceFile);
    this.picture?.close();
  }

  private get input(): HTMLInputElement {
    return this.element.querySelector<HTMLInputElement>("input[type=file]")!;
  }

  private readonly chosen = async (): Promise<void> => {
    const file = this.input.files?.[0];
    const picture = file && (await createImageBitmap(file).catch(() => undefined));
    // Another file may have been chosen while this one was read.
    if (file !== this.input.files?.[0]) return;
    this.picture?.close();
    this.picture = picture;
    this.crop = picture && new SquareCrop(picture.width, picture.height);
    this.frameTarget.hidden = !picture;
    this.unreadableTarget.hidden = !file || Boolean(picture);
    this.draw();
  };

  private draw(): void {
    const { picture, crop, canvasTarget: canvas } = this;
    const context = canvas.getContext("2d");
    if (!picture || !crop || !context) return;
    this.zoomTarget.value = String(crop.zoom);
    context.imageSmoothingQuality = "high";
    // JPEG knows no transparency: without this ground it would be black.
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, crop.left, crop.top, crop.side, crop.side, 0, 0, canvas.width, canvas.height);
  }

  private readonly slid = (): void => this.zoomTo(Number(this.zoomTarget.value));

  private zoomTo(zoom: number): void {
    this.crop?.zoomTo(zoom);
    this.draw();
  }

  private move(right: number, down: number): void {
    this.crop?.move(right, down);
    this.draw();
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const step = KEYS[event.key];
    const times = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 }[event.key];
    if (!this.crop || (!step && !times)) return;
    event.preventDefault();
    if (step) this.move(-step[0], -step[1]);
    if (times) this.zoomTo(this.crop.zoom * times);
  };

  private readonly grabbed = (event: PointerEvent): void => {
    this.pointers.set(event.pointerId, event);
    this.canvasTarget.setPointerCapture(event.pointerId);
  };

  private readonly dragged = (event: PointerEvent): void => {
    const before = this.pointers.get(event.pointerId);
    if (!before || !this.crop) return;
    const apart = this.distance();
    this.pointers.set(event.pointerId, event);
    const width = this.canvasTarget.clientWidth || 1;
    const share = this.pointers.size;
    this.move((before.clientX - event.clientX) / width / share, (before.clientY - event.clientY) / width / share);
    if (apart) this.zoomTo((this.crop.zoom * this.distance()) / apart);
  };

  private readonly released = (event: PointerEvent): void => {
    this.pointers.delete(event.pointerId);
  };

  /** The distance of two fingers; 0 with one. */
  private distance(): number {
    const [first, second] = [...this.pointers.values()];
    return first && second ? Math.hypot(first.clientX - second.clientX, first.clientY - second.clientY) : 0;
  }

  private readonly replaceFile = (event: FormDataEvent): void => {
    if (!this.picture) return;
    // Not toBlob(): the form is sent when this event ends.
    const [, text = ""] = this.canvasTarget.toDataURL("image/jpeg", QUALITY).split(",");
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    event.formData.set(this.input.name, new File([bytes], "photo.jpg", { type: "image/jpeg" }));
  };
}
