/** Scrolls the current tab into view in strips wider than the screen, with a part of its neighbours. */
const STRIPS = ".tabs, .segment";
const NEIGHBOUR = 48;

export function showCurrentTabs(): void {
  for (const strip of document.querySelectorAll<HTMLElement>(STRIPS)) {
    const current = strip.querySelector<HTMLElement>(":scope > [aria-current]");
    if (current && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = distance(strip, current);
  }
}

/** Return how far to scroll the strip; 0 if the tab and a part of the next are visible unscrolled. */
function distance(strip: HTMLElement, tab: HTMLElement): number {
  const edges = { strip: strip.getBoundingClientRect(), tab: tab.getBoundingClientRect() };
  const end = edges.tab.right - edges.strip.left + strip.scrollLeft + NEIGHBOUR;
  return Math.max(0, end - strip.clientWidth);
}
