import { icon } from "../../../kit/islands/lib/words";
import { ask } from "./asking";

interface Card {
  title: string;
  text: string;
  kind: string;
  icon: string;
}

const GATHER = 80;
const MOST = 40;
const loaded = new Map<string, Card | null>();
const waiting = new Map<string, Set<HTMLElement>>();
let timer = 0;

/**
 * Add a card below a message for each internal object it links to; one request for all messages, visible objects only.
 */
export function askForCards(article: HTMLElement): void {
  for (const link of article.querySelectorAll<HTMLAnchorElement>(".text a:not(.mention, .edited)")) {
    if (link.origin !== location.origin) continue;
    const path = link.pathname;
    const card = loaded.get(path);
    if (card) place(article, path, card);
    if (loaded.has(path)) continue;
    waiting.set(path, (waiting.get(path) ?? new Set()).add(article));
    clearTimeout(timer);
    timer = window.setTimeout(() => void fetchCards(), GATHER);
  }
}

async function fetchCards(): Promise<void> {
  const batch = new Map([...waiting].slice(0, MOST));
  for (const path of batch.keys()) waiting.delete(path);
  const address = new URL("/talk/cards/", location.href);
  for (const path of batch.keys()) address.searchParams.append("path", path);
  const cards = await ask<Record<string, Card>>(address.toString()).catch(() => null);
  if (!cards) return;
  for (const [path, articles] of batch) {
    const card = cards[path] ?? null;
    loaded.set(path, card);
    if (card) for (const article of articles) place(article, path, card);
  }
  if (waiting.size) await fetchCards();
}

function place(article: HTMLElement, path: string, card: Card): void {
  if ([...article.querySelectorAll<HTMLElement>(".thing-card")].some((other) => other.dataset.path === path)) return;
  const box = document.createElement("a");
  box.className = "attachment thing-card";
  box.href = path;
  box.dataset.path = path;
  const words = document.createElement("div");
  const title = document.createElement("b");
  title.textContent = card.title;
  const meta = document.createElement("p");
  meta.className = "meta";
  for (const text of [card.kind, card.text].filter((line, at, all) => line && all.indexOf(line) === at)) {
    const part = document.createElement("span");
    part.textContent = text;
    meta.append(part);
  }
  words.append(title, meta);
  box.append(icon(card.icon, 20), words);
  article.querySelector(".text")?.after(box);
}
