/**
 * Typed text that has not arrived yet, in localStorage, under the account that typed it: a colleague on the same browser never sees it.
 * Each page that writes has an entry of its own under the key of its form, so that two tabs never write over each other.
 * A form carries the id of its entry (`_draft`); the server answers with a cookie of the ids whose text it took (`kit.web.middleware`),
 * and only those are forgotten.
 */
import { newId } from "./ids";
import { meta } from "./words";

const ARRIVED = "drafts-arrived";
const MOST = 5;

export type Draft = Record<string, string>;

export interface Entry {
  id: string;
  /** When it was written, to the millisecond. */
  at: number;
  text: Draft;
  /** What the page showed before. */
  base?: Draft;
}

/** The entries this page writes. */
const own = new Map<string, { id: string; at: number }>();

/** What was typed under a key and did not arrive, newest first. */
export function drafts(key: string): Entry[] {
  return parsed(storage()?.getItem(place(key)));
}

/** The newest text under a key; this page goes on with it. */
export function readDraft(key: string): Draft {
  const [newest] = drafts(key);
  if (newest) adopt(key, newest);
  return newest?.text ?? {};
}

/** Go on with an entry an earlier page wrote. */
export function adopt(key: string, { id, at }: Entry): void {
  own.set(key, { id, at });
}

/** The id this page's entry goes by. */
export function idOf(key: string): string {
  const mine = own.get(key) ?? { id: newId(), at: 0 };
  own.set(key, mine);
  return mine.id;
}

/** What is typed from now on is another text: this one is on its way. */
export function release(key: string): void {
  own.delete(key);
}

/** What was on its way did not arrive: what is typed on is the same text, unless another one was begun meanwhile. */
export function takeBack(key: string, id: string): void {
  const entry = drafts(key).find((kept) => kept.id === id);
  if (entry && !own.has(key)) adopt(key, entry);
}

/** Keep the text, or forget it when every field is empty. */
export function keepDraft(key: string, text: Draft, base?: Draft): void {
  if (!Object.values(text).some((value) => value.trim())) return forgetDraft(key);
  const id = idOf(key);
  const at = Date.now();
  own.set(key, { id, at });
  put(key, [{ id, at, text, base }, ...drafts(key).filter((entry) => entry.id !== id)]);
}

export function forgetDraft(key: string, id = own.get(key)?.id): void {
  put(key, drafts(key).filter((entry) => entry.id !== id));
}

/** Forget what the server says it has. */
export function forgetArrived(): void {
  const ids = new RegExp(`(?:^|; )${ARRIVED}=([^;]*)`).exec(document.cookie)?.[1]?.split(".") ?? [];
  if (!ids.length) return;
  document.cookie = `${ARRIVED}=; path=/; max-age=0`;
  for (const key of keys()) put(key, drafts(key).filter((entry) => !ids.includes(entry.id)));
}

/** Another tab that writes on under this page's entry keeps it; this page begins one of its own. */
addEventListener("storage", (event) => {
  for (const [key, mine] of own) {
    if (event.key !== place(key)) continue;
    const entry = parsed(event.newValue).find(({ id }) => id === mine.id);
    if (entry && entry.at !== mine.at) own.delete(key);
  }
});

function place(key: string): string {
  return `drafts:${meta("me")}:${key}`;
}

function keys(): string[] {
  const start = place("");
  return Object.keys(storage() ?? {}).filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
}

function put(key: string, entries: Entry[]): void {
  try {
    if (entries.length) storage()?.setItem(place(key), JSON.stringify(entries.slice(0, MOST)));
    else storage()?.removeItem(place(key));
  } catch {
    // The device has no room: the page still has the text.
  }
}

function parsed(text: string | null | undefined): Entry[] {
  return JSON.parse(text ?? "[]") as Entry[];
}

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
