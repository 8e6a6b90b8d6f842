/** Numbers of list items as their page shows them: by `start`, by an item's own `value`, and in reverse. */

/** Return the number of each item of a numbered list. */
export function numbersOf(list: Element, items: Element[]): Map<Element, number> {
  const step = list.hasAttribute("reversed") ? -1 : 1;
  let next = wholeOf(list.getAttribute("start")) ?? (step > 0 ? 1 : items.length);
  return new Map(
    items.map((item) => {
      const number = wholeOf(item.getAttribute("value")) ?? next;
      next = number + step;
      return [item, number];
    }),
  );
}

function wholeOf(text: string | null): number | undefined {
  const number = /^\s*([+-]?\d{1,9})/.exec(text ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Markdown numbers consecutively from the first item: where numbers jump, start another list with another marker. */
export function splitLists(page: Document): void {
  for (const list of page.querySelectorAll("ol")) split(list);
}

function split(list: Element): void {
  const numbers = numbersOf(list, [...list.children].filter((child) => child.tagName === "LI"));
  let current = list;
  let expected: number | undefined;
  for (const child of [...list.childNodes]) {
    const number = child instanceof Element ? numbers.get(child) : undefined;
    if (number !== undefined && number !== expected) current = expected === undefined ? list : after(current);
    if (number !== undefined && number !== expected) current.setAttribute("start", String(number));
    if (number !== undefined) expected = number + 1;
    if (current !== list) current.append(child);
  }
}

function after(list: Element): Element {
  const next = list.ownerDocument.createElement("ol");
  list.after(next);
  return next;
}
