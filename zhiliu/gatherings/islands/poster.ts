import { Controller } from "@hotwired/stimulus";

/**
 * The poster on the page is an SVG. This island draws it as a PNG with the device's fonts and puts it in place of the
 * SVG, so that it can be saved by a long press. Devices that can share files get a share button. If anything fails, the
 * drawing and its SVG file stay.
 */
export default class Poster extends Controller<HTMLElement> {
  static override targets = ["drawing", "picture", "save", "share"];
  static override values = { name: String, address: String };
  declare readonly drawingTarget: HTMLElement;
  declare readonly pictureTarget: HTMLImageElement;
  declare readonly saveTarget: HTMLAnchorElement;
  declare readonly shareTarget: HTMLButtonElement;
  declare readonly nameValue: string;
  declare readonly addressValue: string;
  private file: File | null = null;
  private url = "";

  override async connect(): Promise<void> {
    const drawing = this.drawingTarget.querySelector("svg");
    const png = drawing ? await drawn(drawing).catch(() => null) : null;
    if (!png || !this.element.isConnected) return;
    this.file = new File([png], this.saveTarget.download, { type: "image/png" });
    this.url = URL.createObjectURL(png);
    this.pictureTarget.src = this.saveTarget.href = this.url;
    this.pictureTarget.hidden = this.saveTarget.hidden = false;
    this.drawingTarget.hidden = true;
    this.shareTarget.hidden = !navigator.canShare?.({ files: [this.file] });
    if (this.shareTarget.hidden) this.saveTarget.classList.add("main");
  }

  override disconnect(): void {
    if (this.url) URL.revokeObjectURL(this.url);
  }

  async share(): Promise<void> {
    if (!this.file) return;
    // Closing the device's share sheet is no failure.
    await navigator.share({ files: [this.file], title: this.nameValue, url: this.addressValue }).catch(() => undefined);
  }
}

async function drawn(svg: SVGSVGElement): Promise<Blob | null> {
  const text = new XMLSerializer().serializeToString(svg);
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = svg.width.baseVal.value;
    canvas.height = svg.height.baseVal.value;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
