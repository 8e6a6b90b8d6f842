/**
 * Drafts of text the server has not stored yet, in localStorage, keyed by account: a colleague on the same browser
 * never sees them. Each page that writes has its own entry under the key of its form, so that two tabs never overwrite
 * each other. A form sends the id of its entry (`_draft`); the server answers with a cookie of the ids it stored
 * (`kit.web.middleware`), and only those are deleted.
 */
import { newId } from "./ids";
import { meta } from "./words";

const ARRIVED = "drafts-arrived";
const MOST = 5;

export type Draft = Record<string, string>;

export interface Entry {
  id: string;
  /** When it was written, in milliseconds. */
  at: number;
  text: Draft;
  /** What the page showed before. */
  base?: Draft;
}

/** The entries this page writes. */
const own = new Map<string, { id: string; at: number }>();

/** Return the drafts of a key that were not confirmed, newest first. */
export function drafts(key: string): Entry[] {
  return parsed(storage()?.getItem(place(key)));
}

/** Return the newest draft of a key; this page continues it. */
export function readDraft(key: string): Draft {
  const [newest] = drafts(key);
  if (newest) adopt(key, newest);
  return newest?.text ?? {};
}

/** Continue an entry that an earlier page wrote. */
export function adopt(key: string, { id, at }: Entry): void {
  own.set(key, { id, at });
}

/** Return the id of this page's entry. */
export function idOf(key: string): string {
  const mine = own.get(key) ?? { id: newId(), at: 0 };
  own.set(key, mine);
  return mine.id;
}

/** Start a new entry for further typing: the current one is being sent. */
export function release(key: string): void {
  own.delete(key);
}

/** The sent entry did not arrive: continue it, unless another one was started meanwhile. */
export function takeBack(key: string, id: string): void {
  const entry = drafts(key).find((draft) => draft.id === id);
  if (entry && !own.has(key)) adopt(key, entry);
}

/** Store the text, or delete the draft when every field is empty. */
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

/** Delete every draft whose field has this text, in whichever tab it was written: it went elsewhere. */
export function forgetSame(key: string, field: string, text: string): void {
  put(key, drafts(key).filter((entry) => entry.text[field]?.trim() !== text.trim()));
}

/** Delete the drafts the server has confirmed. */
export function forgetArrived(): void {
  const ids = new RegExp(`(?:^|; )${ARRIVED}=([^;]*)`).exec(document.cookie)?.[1]?.split(".") ?? [];
  if (!ids.length) return;
  document.cookie = `${ARRIVED}=; path=/; max-age=0`;
  for (const key of keys()) put(key, drafts(key).filter((entry) => !ids.includes(entry.id)));
}

/** If another tab continues this page's entry, leave it to that tab and start a new one here. */
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
    // Storage is full: the page still has the text.
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
