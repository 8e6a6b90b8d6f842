/** A message as the server sends it: its HTML, and what orders it. `changed` counts all changes of the channel without gaps. */
export interface Said {
  id: number;
  number?: number;
  changed: number;
  root: number | null;
  client?: string;
  html?: string;
}

/** What the reader has put to a message. */
export interface Mine {
  reactions?: string[];
  bookmark?: boolean;
  /** The option chosen in the poll of the message. */
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
}

let words: Record<string, string> | undefined;

/** A word of the conversation in the reader's language. */
export function phrase(name: string, value: string | number = ""): string {
  words ??= JSON.parse(document.getElementById("conversation-words")?.textContent ?? "{}") as Record<string, string>;
  return (words[name] ?? name).replace("%s", String(value));
}

/** JSON the page carries in a script element. */
export function carried<T>(id: string, otherwise: T): T {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : otherwise;
}
