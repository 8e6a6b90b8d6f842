/** What tests of islands share: parts of a browser that jsdom does not have, a page to stand in, and a server that answers. */
import { Application, type ControllerConstructor } from "@hotwired/stimulus";
import { afterEach, beforeEach, vi } from "vitest";

/** Words of the page, as the server writes them. */
const WORDS = {
  create: "Add “%s”",
  discard: "Discard",
  in_minutes: "in %s min",
  just_now: "just now",
  minutes: "%s min",
  nothing_found: "Nothing found",
  put_back: "Put back",
  remove: "Remove %s",
  restored: "Your draft is back.",
  results: "%s results",
  typed_before: "You typed another text before.",
  busy: "One moment…",
  here: "here",
  away: "away",
  comma: ", ",
};

// The clock of a test does not stop this one.
const nextTurn = setTimeout;
let application: Application | undefined;
const watchers: MutationObserver[] = [];

beforeEach(() => {
  lackingParts();
  document.head.innerHTML = `<meta name="me" content="7"><meta name="csrf-token" content="secret">`;
  addMeta("words", JSON.stringify(WORDS));
});

afterEach(async () => {
  // Islands are taken off the page, so that they stop listening.
  document.body.replaceChildren();
  await settle();
  application?.stop();
  application = undefined;
  for (const watcher of watchers.splice(0)) watcher.disconnect();
  localStorage.clear();
  sessionStorage.clear();
  vi.useRealTimers();
});

export function addMeta(name: string, content: string): void {
  document.querySelector(`meta[name="${name}"]`)?.remove();
  document.head.append(Object.assign(document.createElement("meta"), { name, content }));
}

function lackingParts(): void {
  vi.stubGlobal("CSS", { escape: (text: string) => text.replace(/[^\w-]/g, "\\$&") });
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("MutationObserver", Watcher);
  Element.prototype.scrollIntoView = () => undefined;
  // Nothing is laid out: what is not hidden counts as shown.
  Element.prototype.getClientRects = function () {
    return (this.closest("[hidden]") ? [] : [new DOMRect()]) as unknown as DOMRectList;
  };
}

/** Watches until the test is over. */
class Watcher extends MutationObserver {
  constructor(heard: MutationCallback) {
    super(heard);
    watchers.push(this);
  }
}

class DOMRect {
  readonly width = 10;
}

/** A page with one island on it; resolves once it is connected. */
export async function page(html: string, islands: Record<string, ControllerConstructor> = {}): Promise<void> {
  document.body.innerHTML = html;
  application = new Application();
  // A fault in an island is a fault of the test.
  application.handleError = (error) => {
    throw error;
  };
  for (const [name, island] of Object.entries(islands)) application.register(name, island);
  await application.start();
}

export function find<E extends HTMLElement = HTMLElement>(selector: string): E {
  const element = document.querySelector<E>(selector);
  if (!element) throw new Error(`nothing on the page is ${selector}`);
  return element;
}

/** The texts of all elements a selector finds. */
export function texts(selector: string): string[] {
  return [...document.querySelectorAll(selector)].map((element) => element.textContent ?? "");
}

/** Type into a field as a browser tells of it. */
export function type(field: HTMLInputElement | HTMLTextAreaElement, value: string, init: InputEventInit = {}): void {
  field.focus();
  field.value = value;
  field.setSelectionRange(value.length, value.length);
  field.dispatchEvent(new InputEvent("input", { bubbles: true, ...init }));
}

/** Press a key; returns whether the page took it for itself. */
export function press(target: EventTarget, key: string, init: KeyboardEventInit = {}): boolean {
  return !target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }));
}

/** Something the live stream tells. */
export function live(name: string, detail: object = {}): void {
  document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
}

/** Let what is under way come to its end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => nextTurn(resolve));
}

export interface Asked {
  url: URL;
  method: string;
  body: Record<string, unknown>;
}

/**
 * A server for `fetch`; returns the list of what it is asked. An answer that is no `Response` is sent as JSON, an `Error` is a dead line.
 */
export function serve(answer: (asked: Asked) => unknown): Asked[] {
  const all: Asked[] = [];
  vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit = {}) => {
    const asked = { url: new URL(url, location.href), method: init.method ?? "GET", body: bodyOf(init.body) };
    all.push(asked);
    const said = await answer(asked);
    if (init.signal?.aborted) throw new DOMException("", "AbortError");
    if (said instanceof Error) throw said;
    return said instanceof Response ? said : Response.json(said);
  });
  return all;
}

function bodyOf(body: unknown): Record<string, unknown> {
  return body instanceof FormData || body instanceof URLSearchParams ? Object.fromEntries(body as Iterable<[string, unknown]>) : {};
}

/** An answer that is given when the test wants it. */
export function later<T>(): { answer: Promise<T>; give: (value: T) => void } {
  let give!: (value: T) => void;
  const answer = new Promise<T>((resolve) => (give = resolve));
  return { answer, give };
}
