let words: Record<string, string> | undefined;

/** Return a word in the reader's language from `<meta name="words">`; `%s` is replaced by `value`. */
export function word(name: string, value: string | number = ""): string {
  words ??= JSON.parse(meta("words") || "{}") as Record<string, string>;
  return (words[name] ?? name).replace("%s", String(value));
}

/** Return the content of a `<meta>` of the page, or ''. */
export function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

/** Return the icon `name` of the sprite as an element. */
export function icon(name: string, size = 16): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", size === 16 ? "icon" : `icon s${size}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.documentElement.dataset.static ?? ""}#${name}`);
  svg.append(use);
  return svg;
}
