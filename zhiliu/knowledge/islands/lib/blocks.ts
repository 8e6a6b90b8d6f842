/**
 * A Markdown text as its top-level blocks with their own source text, so that what nobody touches is written back byte for byte.
 * `text === lead + blocks.map((block) => block.source + block.gap).join("")` always holds.
 */
import type Token from "markdown-it/lib/token.mjs";
import { markdown } from "./markdown";

export interface Block {
  /** The block's own lines, without the line break at their end. */
  source: string;
  /** What stands between this block and the next: line breaks and blank lines. */
  gap: string;
  /** The tokens of the block; none for what Markdown does not show (front matter, definitions of links). */
  tokens: Token[];
}

export interface Split {
  /** Blank lines before the first block. */
  lead: string;
  blocks: Block[];
  /** What the parser knows of the whole text: where links are defined. */
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

/** Their text, and below it the blocks that stand neither there nor in what I began from. */
export function withMyChanges(theirs: string, mine: string, base: string): string {
  const known = new Set([theirs, base].flatMap((text) => split(text).blocks.map(({ source }) => source)));
  const changed = split(mine).blocks.map(({ source }) => source).filter((source) => !known.has(source));
  return [theirs.trimEnd(), ...changed].join("\n\n") + (mine.endsWith("\n") ? "\n" : "");
}

interface Span {
  start: number;
  end: number;
  tokens: Token[];
}

/** Tokens of the top level with everything inside them, and the lines they cover. */
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

/** Lines that belong to no token but hold something (definitions of links) become spans of their own. */
function withHidden(lines: string[], spans: Span[]): Span[] {
  const found: Span[] = [];
  let at = 0;
  for (const span of [...spans, { start: lines.length, end: lines.length, tokens: [] }]) {
    const hidden = trimmed(lines, at, span.start);
    if (hidden) found.push(hidden);
    const own = trimmed(lines, span.start, span.end);
    if (own) found.push({ ...own, tokens: span.tokens });
    at = Math.max(at, span.end);
  }
  return found;
}

/** The span from the first to the last line that is not blank, or undefined. */
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
