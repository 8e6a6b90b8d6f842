/** Brings the current tab into sight in strips that are wider than the screen, and a part of its neighbours with it. */
const STRIPS = ".tabs, .segment";
const NEIGHBOUR = 48;

export function showCurrentTabs(): void {
  for (const strip of document.querySelectorAll<HTMLElement>(STRIPS)) {
    const current = strip.querySelector<HTMLElement>(":scope > [aria-current]");
    if (current && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = distance(strip, current);
  }
}

/** How far the strip is to be scrolled; 0 when the tab and a part of the next stand within its first width. */
function distance(strip: HTMLElement, tab: HTMLElement): number {
  const edges = { strip: strip.getBoundingClientRect(), tab: tab.getBoundingClientRect() };
  const end = edges.tab.right - edges.strip.left + strip.scrollLeft + NEIGHBOUR;
  return Math.max(0, end - strip.clientWidth);
}
