const LEAST = 80;

/**
 * Keep `--keyboard` on the root at the height that a keyboard on glass covers. Android shrinks the page instead
 * (`interactive-widget` of the viewport), so there it stays 0; iPhones only shrink the visual viewport.
 */
export function watchKeyboard(): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const root = document.documentElement;
  const measure = (): void => {
    // Zooming with two fingers shrinks it as well.
    const covered = seen.scale > 1.01 ? 0 : Math.round(root.clientHeight - seen.height - seen.offsetTop);
    const height = covered > LEAST ? covered : 0;
    root.style.setProperty("--keyboard", `${height}px`);
    root.toggleAttribute("data-keyboard", height > 0);
  };
  seen.addEventListener("resize", measure);
  seen.addEventListener("scroll", measure);
}
