import { icon } from "./words";

const WAITING = "toasts";

/** Say a sentence at the bottom of the page for six seconds. */
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

/** Keep sentences for the page that is opened next. */
export function sayOnNextPage(sentences: string[]): void {
  if (sentences.length) sessionStorage.setItem(WAITING, JSON.stringify(sentences));
}

/** Say what an earlier page left to be said. */
export function sayWaiting(): void {
  const waiting = sessionStorage.getItem(WAITING);
  if (!waiting) return;
  sessionStorage.removeItem(WAITING);
  for (const sentence of JSON.parse(waiting) as string[]) say(sentence);
}
