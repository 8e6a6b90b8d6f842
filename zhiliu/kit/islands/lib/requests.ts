/**
 * htmx and the two things it leaves to us: the CSRF token, and responses that are not the expected fragment. Its
 * settings are in `<meta name="htmx-config">` (base.html), because it reads them before any of our code runs.
 */
import "htmx.org";
import { forgetArrived } from "./drafts";
import { say, sayOnNextPage } from "./toasts";
import { meta, word } from "./words";

interface Context {
  request: { method: string; headers: Record<string, string> };
  response?: { status: number; headers: Headers; raw: Response };
  text?: string;
  swap?: string;
  select?: string;
  target?: Element;
}


on("htmx:config:request", ({ request }) => {
  if (request.method !== "GET") request.headers["X-CSRFToken"] = meta("csrf-token");
});

/** Errors show a message and leave the page alone, except 422: a form with its errors, which is swapped in. */
on("htmx:response:error", (context) => {
  const status = context.response?.status ?? 0;
  if (status === 422) return;
  context.swap = "none";
  if (!context.text?.includes('hx-target="#toasts"')) say(sentenceFor(status, context), "error");
});

on("htmx:after:request", forgetArrived);

/** A redirect that ends in a whole page (signed out, or a view without htmx) navigates the window. */
on("htmx:after:request", (context, event) => {
  const raw = context.response?.raw;
  if (!raw?.redirected || context.select || context.target === document.body) return;
  if (!/^\s*<!doctype html/i.test(context.text ?? "")) return;
  event.preventDefault();
  const page = new DOMParser().parseFromString(context.text ?? "", "text/html");
  sayOnNextPage([...page.querySelectorAll("#toasts .toast > span")].map((toast) => toast.textContent ?? ""));
  location.assign(raw.url);
});

document.addEventListener("htmx:error", (event) => {
  const { ctx } = (event as CustomEvent<{ ctx?: Context }>).detail;
  if (ctx && !ctx.response) say(word("offline"), "error");
});

function on(name: string, act: (context: Context, event: Event) => void): void {
  document.addEventListener(name, (event) => act((event as CustomEvent<{ ctx: Context }>).detail.ctx, event));
}

function sentenceFor(status: number, context: Context): string {
  const number = context.response?.headers.get("X-Error-Id");
  const what = status === 403 ? "refused" : status === 404 || status === 410 ? "gone" : "failed";
  return word(what) + (number ? word("number", number) : "");
}
