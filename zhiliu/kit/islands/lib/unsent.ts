/** What this account wrote on this device that the server does not have: drafts of forms, and messages on their way. */
import type { Draft, Entry } from "./drafts";
import { meta } from "./words";

const LONGEST = 300;

export interface Kept {
  text: string;
  /** When it was written, in milliseconds; 0 if unknown. */
  at: number;
  isMessage: boolean;
}

/** Return all of it, newest first. */
export function keptHere(): Kept[] {
  const me = meta("me");
  if (!me) return [];
  const kept: Kept[] = [];
  for (const [name, value] of Object.entries(localStorage) as [string, string][]) {
    if (name.startsWith(`drafts:${me}:`)) kept.push(...drafts(value));
    if (name.startsWith(`outbox-${me}-`)) kept.push(...messages(value));
  }
  return kept.filter(({ text }) => text).sort((first, second) => second.at - first.at);
}

function drafts(value: string): Kept[] {
  return (JSON.parse(value) as Entry[]).map(({ text, at }) => ({ text: shortened(wordsOf(text)), at, isMessage: false }));
}

/** Return what was typed; beside it a message keeps what it quotes. */
function wordsOf(draft: Draft): string {
  return Object.entries(draft).filter(([name]) => name !== "quote").map(([, words]) => words).join(" ");
}

function messages(value: string): Kept[] {
  const waiting = JSON.parse(value) as { body: string; since?: number }[];
  return waiting.map(({ body, since }) => ({ text: shortened(body), at: since ?? 0, isMessage: true }));
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
