/** Turns styles that carry meaning into tags: strikethrough, bold, superscript and subscript. */

const BLOCKS = "p, div, section, article, ul, ol, li, dl, dt, dd, table, caption, tbody, thead, tfoot, tr, td, th, h1, h2, h3, h4, h5, h6, pre, blockquote, figure, figcaption";
const STRUCK = /(?:^|[;\s])text-decoration(?:-line)?:[^;]*line-through/i;
const BOLD = /(?:^|[;\s])font-weight:\s*(?:bold|[6-9]00)/i;
const LIGHT = /(?:^|[;\s])font-weight:\s*(?:normal|[1-5]00)/i;

export function marksOf(page: Document): void {
  for (const element of page.body.querySelectorAll("strike")) wrap(element, "s");
  for (const element of page.body.querySelectorAll('[style*="line-through" i]')) if (STRUCK.test(styleOf(element))) wrap(element, "s");
  for (const element of page.body.querySelectorAll('span[style*="font-weight" i], font[style*="font-weight" i]')) if (isBold(element)) wrap(element, "b");
  raised(page);
}

function styleOf(element: Element): string {
  return element.getAttribute("style") ?? "";
}

function isBold(element: Element): boolean {
  return BOLD.test(styleOf(element)) && ![...element.querySelectorAll("[style]")].some((inner) => LIGHT.test(styleOf(inner)));
}

/** Wrap an element's content in a tag; around blocks the tag would be invalid, so each block is wrapped inside. */
function wrap(element: Element, name: string): void {
  if (element.closest(`${name}, pre, code`)) return;
  if (element.matches("ul, ol, table, tbody, thead, tfoot, tr") || element.querySelector(BLOCKS)) return wrapEach(element, name);
  const tag = element.ownerDocument.createElement(name);
  tag.append(...element.childNodes);
  if (tag.textContent?.trim()) element.append(tag);
  else element.append(...tag.childNodes);
}

function wrapEach(element: Element, name: string): void {
  for (const child of [...element.childNodes]) {
    if (child instanceof Element) wrap(child, name);
    else if (child.nodeType === Node.TEXT_NODE && child.textContent?.trim()) {
      const tag = element.ownerDocument.createElement(name);
      child.replaceWith(tag);
      tag.append(child);
    }
  }
}

function raised(page: Document): void {
  for (const span of page.querySelectorAll<HTMLElement>("span[style], font[style], b[style], i[style]")) {
    const style = styleOf(span);
    const align = /vertical-align:\s*(super|sub)\b/i.exec(style)?.[1]?.toLowerCase() ?? raisedBy(style);
    if (!align || span.querySelector("sup, sub") || span.closest("sup, sub")) continue;
    const tag = page.createElement(align === "super" ? "sup" : "sub");
    tag.append(...span.childNodes);
    span.append(tag);
  }
}

function raisedBy(style: string): string {
  const points = Number(/mso-text-raise:\s*(-?[\d.]+)pt/i.exec(style)?.[1] ?? 0);
  if (!points) return "";
  return points > 0 ? "super" : "sub";
}
