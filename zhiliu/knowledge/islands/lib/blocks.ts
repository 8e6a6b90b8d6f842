/**
 * A Markdown text as its top-level blocks with their source, so that untouched blocks are written back byte for byte.
 * Invariant: `text === lead + blocks.map((block) => block.source + block.gap).join("")`.
 */
import type Token from "markdown-it/lib/token.mjs";
import { markdown } from "./markdown";

export interface Block {
  /** The block's own lines, without the final line break. */
  source: string;
  /** The line breaks and blank lines between this block and the next. */
  gap: string;
  /** The block's tokens; none for what Markdown does not render (front matter, link definitions). */
  tokens: Token[];
}

export interface Split {
  /** Blank lines before the first block. */
  lead: string;
  blocks: Block[];
  /** The parser's state of the whole text: the link definitions. */
  env: Env;
}

export type Env = Record<string, unknown>;

const FRONT_MATTER = /^---[ \t]*\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?=\n|$)/;

export function split(text: string): Split {
  const front = FRONT_MATTER.exec(text)?.[0] ?? "";
  const lines = text.split("\n");
  const skipped = front ? front.split("\n").length : 0;
  const body = lines.slice(skipped).join("\n");
  const spans = front ? [{ start: 0, end: skipped, tokens: [] as Token[] }] : [];
  const env: Env = {};
  for (const span of topLevel(markdown().parse(body, env))) {
    spans.push({ start: span.start + skipped, end: span.end + skipped, tokens: span.tokens });
  }
  return { ...cut(lines, withHidden(lines, spans)), env };
}

/** Return their text with the blocks appended that are neither in it nor in the base. */
export function withMyChanges(theirs: string, mine: string, base: string): string {
  const sources = new Set([theirs, base].flatMap((text) => split(text).blocks.map(({ source }) => source)));
  const changed = split(mine).blocks.map(({ source }) => source).filter((source) => !sources.has(source));
  return [theirs.trimEnd(), ...changed].join("\n\n") + (mine.endsWith("\n") ? "\n" : "");
}

interface Span {
  start: number;
  end: number;
  tokens: Token[];
}

/** Top-level tokens with their children, and the lines they cover. */
function topLevel(tokens: Token[]): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (depth === 0) spans.push({ start: token.map?.[0] ?? 0, end: token.map?.[1] ?? 0, tokens: [] });
    spans.at(-1)?.tokens.push(token);
    depth += token.nesting;
  }
  return spans;
}

/** Turn lines without tokens that are not blank (link definitions) into spans. */
function withHidden(lines: string[], spans: Span[]): Span[] {
  const all: Span[] = [];
  let at = 0;
  for (const span of [...spans, { start: lines.length, end: lines.length, tokens: [] }]) {
    const hidden = trimmed(lines, at, span.start);
    if (hidden) all.push(hidden);
    const own = trimmed(lines, span.start, span.end);
    if (own) all.push({ ...own, tokens: span.tokens });
    at = Math.max(at, span.end);
  }
  return all;
}

/** Return the span from the first to the last non-blank line, or undefined. */
function trimmed(lines: string[], start: number, end: number): Span | undefined {
  while (start < end && !lines[start]?.trim()) start++;
  while (end > start && !lines[end - 1]?.trim()) end--;
  return start < end ? { start, end, tokens: [] } : undefined;
}

function cut(lines: string[], spans: Span[]): Omit<Split, "env"> {
  const first = spans[0];
  if (!first) return { lead: lines.join("\n"), blocks: [] };
  const blocks = spans.map((span, index) => {
    const next = spans[index + 1];
    // From the break that ends the block to the break before the next one, which is part of the gap too.
    const blank = lines.slice(span.end, next ? next.start : lines.length).map((line) => "\n" + line).join("");
    const gap = blank + (next ? "\n" : "");
    return { source: lines.slice(span.start, span.end).join("\n"), gap, tokens: span.tokens };
  });
  const lead = lines.slice(0, first.start).map((line) => line + "\n").join("");
  return { lead, blocks };
}
