/** Word and WPS write lists as paragraphs with a text marker; this turns them into lists. */

interface Item {
  paragraph: HTMLElement;
  list: string;
  level: number;
  mark: string;
}

interface Open {
  element: HTMLElement;
  level: number;
  list: string;
}

const NUMBER = /^[(（]?(\d+)[.)）、．]?$/;
const LETTERED = /^[(（]?(?:[a-z]|[ivxlc]+)[.)）]$/i;
const SIGN = /^[·•●○◆◇■□▪➢✓✔§o*\-–—➤\uf000-\uf0ff]$/u;
const OTHER_FONT = /wingdings|symbol|webdings/i;

export function wordLists(page: Document): void {
  let open: Open[] = [];
  let last: Element | null = null;
  for (const paragraph of [...page.querySelectorAll<HTMLElement>("p, h1, h2, h3, h4, h5, h6")]) {
    const item = paragraph.tagName === "P" ? itemOf(paragraph) : undefined;
    if (!item) continue;
    if (last === null || before(paragraph) !== last) open = [];
    open = put(page, item, open);
    last = open[0]?.element ?? null;
  }
}

/** Return the previous element if no text lies between. */
function before(element: Element): Element | null {
  let node = element.previousSibling;
  while (node && !(node instanceof Element) && !node.textContent?.trim()) node = node.previousSibling;
  return node instanceof Element ? node : null;
}

function itemOf(paragraph: HTMLElement): Item | undefined {
  const style = paragraph.getAttribute("style") ?? "";
  const match = /mso-list:\s*(l\d+)\s+level(\d)/i.exec(style);
  const mark = takeMark(paragraph, match !== null || /MsoListParagraph/i.test(paragraph.className));
  if (!mark) return undefined;
  return { paragraph, list: match?.[1] ?? "", level: Number(match?.[2] ?? 1), mark };
}

/** Remove the marker's text and return it; "" if the paragraph is no item of a list Markdown has. */
function takeMark(paragraph: HTMLElement, isItem: boolean): string {
  const span = [...paragraph.querySelectorAll<HTMLElement>("span")].find((element) => /mso-list:\s*ignore/i.test(element.getAttribute("style") ?? ""));
  if (!span || !isItem) return "";
  const text = (span.textContent ?? "").replace(/\s/g, "");
  const inSigns = OTHER_FONT.test(`${span.outerHTML} ${span.parentElement?.getAttribute("style") ?? ""}`);
  const mark = inSigns && !NUMBER.test(text) ? "·" : text;
  if (!NUMBER.test(mark) && !LETTERED.test(mark) && !SIGN.test(mark)) return "";
  span.remove();
  return mark;
}

function put(page: Document, item: Item, open: Open[]): Open[] {
  const stays = open.filter(({ level }) => level <= item.level);
  const top = stays.at(-1);
  const ordered = !SIGN.test(item.mark);
  const goesOn = top && top.level === item.level && top.list === item.list && (top.element.tagName === "OL") === ordered;
  const above = goesOn ? stays : stays.filter(({ level }) => level < item.level);
  const lists = goesOn ? stays : [...above, { element: begun(page, item, ordered, above.at(-1)), level: item.level, list: item.list }];
  const row = page.createElement("li");
  const text = page.createElement("p");
  text.append(...item.paragraph.childNodes);
  row.append(text);
  lists.at(-1)?.element.append(row);
  item.paragraph.remove();
  return lists;
}

function begun(page: Document, item: Item, ordered: boolean, above: Open | undefined): HTMLElement {
  const list = page.createElement(ordered ? "ol" : "ul");
  const start = Number(NUMBER.exec(item.mark)?.[1] ?? 1);
  if (ordered && start !== 1) list.setAttribute("start", String(start));
  const holder = above?.element.lastElementChild;
  if (holder) holder.append(list);
  else item.paragraph.before(list);
  return list;
}
