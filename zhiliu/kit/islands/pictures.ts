import { Controller } from "@hotwired/stimulus";
import { word } from "./lib/words";

/** Links that hold a picture, and pictures in the text of an article. */
const PICTURES = "a.picture > img, .prose img";

/**
 * Pictures inside it open in place, those of the same page one after the other. Without scripts a link leads to its picture
 * as before. The viewer is loaded with the first click.
 */
export default class Pictures extends Controller<HTMLElement> {
  override connect(): void {
    this.element.addEventListener("click", this.clicked);
    this.element.addEventListener("keydown", this.pressed);
    for (const picture of this.pictures()) if (!picture.closest("a")) offer(picture);
  }

  override disconnect(): void {
    this.element.removeEventListener("click", this.clicked);
    this.element.removeEventListener("keydown", this.pressed);
  }

  /** A picture in a link to somewhere else stays that link. */
  private pictures(): HTMLImageElement[] {
    return [...this.element.querySelectorAll<HTMLImageElement>(PICTURES)].filter((picture) => !picture.closest("a:not(.picture)"));
  }

  private readonly clicked = (event: MouseEvent): void => {
    // Whoever asks for a new tab gets one.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    this.openFrom(event);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (["Enter", " "].includes(event.key) && event.target instanceof HTMLImageElement) this.openFrom(event);
  };

  private openFrom(event: Event): void {
    const target = event.target as Element;
    const pictures = this.pictures();
    const at = pictures.findIndex((picture) => picture === target || picture.closest("a.picture")?.contains(target));
    if (at < 0) return;
    event.preventDefault();
    void open(pictures, at);
  }
}

async function open(pictures: HTMLImageElement[], at: number): Promise<void> {
  try {
    const { openViewer } = await import("./lib/picture-viewer");
    // A double click opens it once.
    if (!document.querySelector(".pswp")) openViewer(pictures, at);
  } catch {
    // Offline or during a deployment: the picture itself.
    const picture = pictures[at];
    location.assign(picture?.closest("a")?.href ?? picture?.src ?? "");
  }
}

function offer(picture: HTMLImageElement): void {
  picture.tabIndex = 0;
  picture.setAttribute("role", "button");
  if (!picture.alt) picture.setAttribute("aria-label", word("picture"));
  picture.classList.add("enlarges");
}
