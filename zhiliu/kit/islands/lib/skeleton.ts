/** Grey placeholder rows while more rows load (`{% pager %}`), after 300 ms, so that fast answers do not flicker. */
const AFTER = 300;
const timers = new WeakMap<Element, number>();

document.addEventListener("htmx:before:request", (event) => {
  const place = placeOf(event);
  if (!place || place.matches("tr")) return;
  timers.set(place, window.setTimeout(() => place.prepend(rows()), AFTER));
});

document.addEventListener("htmx:finally:request", (event) => {
  const place = placeOf(event);
  if (!place) return;
  clearTimeout(timers.get(place));
  place.querySelector(":scope > .skeleton")?.remove();
});

function placeOf(event: Event): HTMLElement | null {
  const { ctx } = (event as CustomEvent<{ ctx?: { sourceElement?: Element } }>).detail;
  return (ctx?.sourceElement ?? (event.target as Element)).closest<HTMLElement>(".more");
}

function rows(): HTMLElement {
  const skeleton = document.createElement("div");
  skeleton.className = "skeleton";
  skeleton.setAttribute("aria-hidden", "true");
  for (const kind of ["circle", "short", "", "circle", "short", ""]) {
    const part = document.createElement("i");
    if (kind) part.className = kind;
    skeleton.append(part);
  }
  return skeleton;
}
