/** Typed text that was not sent yet, in localStorage. A form marks its draft as sent; the next page of ours forgets it. */
const PREFIX = "draft:";
const SENT = "draft-sent";

export type Draft = Record<string, string>;

export function readDraft(key: string): Draft {
  return JSON.parse(storage()?.getItem(PREFIX + key) ?? "{}") as Draft;
}

/** Keep the draft, or forget it when every field is empty. */
export function keepDraft(key: string, draft: Draft): void {
  if (Object.values(draft).some((text) => text.trim())) storage()?.setItem(PREFIX + key, JSON.stringify(draft));
  else forgetDraft(key);
}

export function forgetDraft(key: string): void {
  storage()?.removeItem(PREFIX + key);
}

/** The form with this draft is being sent by the browser itself. */
export function markSent(key: string): void {
  sessionStorage.setItem(SENT, key);
}

/**
 * Forget the draft that was sent when this page is the answer to it: it was reached from our page by a fresh navigation,
 * is no error page, and does not show the form again with errors.
 */
export function forgetSentDrafts(): void {
  const key = sessionStorage.getItem(SENT);
  if (!key) return;
  sessionStorage.removeItem(SENT);
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const answered = entry?.type === "navigate" && document.referrer.startsWith(location.origin);
  const again = document.querySelector(`[data-draft-key-value="${CSS.escape(key)}"] :is([aria-invalid="true"], .banner.bad)`);
  if (answered && !again && !document.querySelector(".error-page")) forgetDraft(key);
}

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
