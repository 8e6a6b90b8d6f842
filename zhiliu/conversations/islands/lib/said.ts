import type { Marks } from "./read-marks";

/** A message from the server: its HTML and its order. `changed` counts all changes of the channel without gaps. */
export interface Said {
  id: number;
  number?: number;
  changed: number;
  root: number | null;
  client?: string;
  html?: string;
}

/** The reader's own state of a message. */
export interface Mine {
  reactions?: string[];
  bookmark?: boolean;
  /** The option chosen in the message's poll. */
  vote?: number;
}

export interface Stretch {
  messages: Said[];
  mine: Record<string, Mine>;
  older: boolean;
  newer: boolean;
}

export interface Changes {
  messages: Said[];
  mine: Record<string, Mine>;
  cursor: number;
  more: boolean;
  marks?: Marks | null;
}

let words: Record<string, string> | undefined;

/** Return a text of the chat in the reader's language. */
export function phrase(name: string, value: string | number = ""): string {
  words ??= JSON.parse(document.getElementById("conversation-words")?.textContent ?? "{}") as Record<string, string>;
  return (words[name] ?? name).replace("%s", String(value));
}

/** Return JSON from a script element of the page. */
export function carried<T>(id: string, otherwise: T): T {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : otherwise;
}
