/** Gives every form with free text a draft on this device (island `draft`), without any markup. */
import { meta } from "./words";

/** Fields of free text. */
export const FREE_TEXT = "textarea[name], input[name]:is(:not([type]), [type=text], [type=search], [type=url], [type=email], [type=tel])";

/** Attach the island to every form of the page and to forms added later; without a signed-in person nothing is kept. */
export function keepEveryForm(): void {
  if (!meta("me")) return;
  for (const form of document.forms) adoptForm(form);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof Element) lookInto(node);
  }).observe(document, { childList: true, subtree: true });
}

function lookInto(element: Element): void {
  if (element instanceof HTMLFormElement) adoptForm(element);
  for (const form of element.querySelectorAll("form")) adoptForm(form);
}

function adoptForm(form: HTMLFormElement): void {
  const islands = (form.dataset.controller ?? "").split(/\s+/).filter(Boolean);
  if (!writesText(form)) return;
  form.dataset.draftKeyValue ??= keyOf(form);
  if (!islands.includes("draft")) form.dataset.controller = [...islands, "draft"].join(" ");
}

/** Secrets are never kept; `data-draft="off"` marks forms that keep their text themselves. */
function writesText(form: HTMLFormElement): boolean {
  const isSent = form.getAttribute("method")?.toLowerCase() === "post";
  return isSent && form.dataset.draft !== "off" && form.querySelector(FREE_TEXT) !== null && !form.querySelector("[type=password]");
}

/** The form's address and hidden values: these tell apart the forms in the rows of a list. */
function keyOf(form: HTMLFormElement): string {
  const { pathname, search } = new URL(form.getAttribute("action") ?? "", location.href);
  const hidden = [...form.querySelectorAll<HTMLInputElement>("input[type=hidden][name]")].filter((field) => !/^(_|csrf|version$|next$)/.test(field.name));
  return `${pathname}${search}#${hidden.map((field) => `${field.name}=${field.value}`).join("&")}`;
}
