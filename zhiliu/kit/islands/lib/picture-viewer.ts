import PhotoSwipe, { type SlideData } from "photoswipe";
import "photoswipe/style.css";
import "../../styles/viewer/picture-viewer.css";
import { word } from "./words";

/** Shown until the size of a picture is known. */
const UNKNOWN = { width: 1200, height: 900 };

/** Asked by the browser to close, on Android by its back button; not every browser has it, nor TypeScript. */
declare class CloseWatcher extends EventTarget {
  destroy(): void;
}

/**
 * Open pictures over the page: arrow keys and swipes lead to the next, wheel, double tap and pinch enlarge, Escape and
 * the back button of a phone close and return the focus.
 */
export function openViewer(pictures: HTMLImageElement[], index: number): PhotoSwipe {
  const viewer = new PhotoSwipe({
    dataSource: pictures.map(slideOf),
    index,
    bgOpacity: 0.92,
    // The tools stand above the picture and its name below.
    padding: { top: 56, bottom: 44, left: 0, right: 0 },
    loop: false,
    wheelToZoom: true,
    showHideAnimationType: matchMedia("(prefers-reduced-motion: reduce)").matches ? "none" : "fade",
    closeTitle: word("close"),
    zoomTitle: word("enlarge"),
    arrowPrevTitle: word("previous_picture"),
    arrowNextTitle: word("next_picture"),
    errorMsg: word("picture_failed"),
    indexIndicatorSep: " / ",
  });
  viewer.on("uiRegister", () => addParts(viewer));
  viewer.on("loadComplete", ({ content }) => measure(viewer, content.data, content.element, content.index));
  viewer.init();
  viewer.element?.setAttribute("aria-label", word("picture"));
  viewer.element?.setAttribute("aria-modal", "true");
  closeOnBack(viewer);
  return viewer;
}

function closeOnBack(viewer: PhotoSwipe): void {
  if (!("CloseWatcher" in window)) return;
  const watcher = new CloseWatcher();
  watcher.addEventListener("close", () => viewer.close());
  viewer.on("close", () => watcher.destroy());
}

function slideOf(picture: HTMLImageElement): SlideData {
  const src = picture.closest("a")?.href ?? picture.src;
  const width = Number(picture.getAttribute("width")) || picture.naturalWidth;
  const height = Number(picture.getAttribute("height")) || picture.naturalHeight;
  const isKnown = width > 0 && height > 0;
  return { src, msrc: picture.currentSrc || picture.src, alt: picture.alt, isKnown, ...(isKnown ? { width, height } : UNKNOWN) };
}

/** Give a picture that had not been loaded its own size. */
function measure(viewer: PhotoSwipe, data: SlideData, element: Element | undefined, index: number): void {
  if (data["isKnown"] || !(element instanceof HTMLImageElement) || !element.naturalWidth) return;
  Object.assign(data, { isKnown: true, width: element.naturalWidth, height: element.naturalHeight, w: element.naturalWidth, h: element.naturalHeight });
  viewer.refreshSlideContent(index);
}

/** Add the name below the picture, and the way to the original file. */
function addParts(viewer: PhotoSwipe): void {
  const onChange = (show: (slide: SlideData) => void): void => void viewer.on("change", () => viewer.currSlide && show(viewer.currSlide.data));
  viewer.ui?.registerElement({
    name: "download",
    order: 8,
    isButton: true,
    tagName: "a",
    title: word("download"),
    html: { isCustomSVG: true, size: 24, inner: '<path d="M12 4v11m-5-5 5 5 5-5M5 20h14" fill="none" stroke="currentColor" stroke-width="1.6"/>' },
    onInit: (element) => {
      onChange((slide) => {
        element.setAttribute("href", slide.src ?? "");
        element.setAttribute("download", slide.alt ?? "");
      });
    },
  });
  viewer.ui?.registerElement({
    name: "name",
    appendTo: "root",
    onInit: (element) => {
      element.setAttribute("role", "status");
      onChange((slide) => (element.textContent = slide.alt ?? ""));
    },
  });
}
