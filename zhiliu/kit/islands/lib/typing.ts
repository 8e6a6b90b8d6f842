/** True if the key belongs to a field or an input method, so that single keys must not act. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing || event.keyCode === 229) return true;
  const target = event.target;
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select, [role=textbox]"));
}

/** True if the element is visible. */
export function isShown(element: Element): boolean {
  return element.getClientRects().length > 0;
}
