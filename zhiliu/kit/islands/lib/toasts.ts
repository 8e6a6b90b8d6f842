import { icon } from "./words";

const WAITING = "toasts";

/** Show a sentence at the bottom of the page for six seconds. */
export function say(sentence: string, tone: "" | "error" = ""): void {
  const toast = document.createElement("div");
  toast.className = `toast ${tone}`.trim();
  toast.dataset.controller = "toast";
  if (tone) toast.append(icon("triangle-alert"));
  const text = document.createElement("span");
  text.textContent = sentence;
  toast.append(text);
  document.getElementById("toasts")?.append(toast);
}

/** Store sentences for the next page. */
export function sayOnNextPage(sentences: string[]): void {
  if (sentences.length) sessionStorage.setItem(WAITING, JSON.stringify(sentences));
}

/** Show the sentences an earlier page stored. */
export function sayWaiting(): void {
  const waiting = sessionStorage.getItem(WAITING);
  if (!waiting) return;
  sessionStorage.removeItem(WAITING);
  for (const sentence of JSON.parse(waiting) as string[]) say(sentence);
}
