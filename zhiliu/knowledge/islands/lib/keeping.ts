/**
 * Write a changed block so that its source stays unchanged around the edit: list markers, table columns, line breaks,
 * escapes. The edit is found by diffing the two serialisations of the block, and applied at the same words of the
 * source.
 */

/** A range of the old text and its replacement. */
interface Hunk {
  from: number;
  to: number;
  words: string;
}

/** The letters and digits of a text with their positions, without list numbers and entity names. */
class Words {
  readonly places: number[] = [];
  readonly ends: number[] = [];
  readonly letters: string;

  constructor(readonly text: string) {
    const masked = text
      .replace(/^((?:[ \t>]|[-*+][ \t])*)(\d{1,9})(?=[.)](?:\s|$))/gm, (_all, lead: string, digits: string) => lead + " ".repeat(digits.length))
      .replace(/&#?[A-Za-z0-9]{1,32};/g, (entity) => " ".repeat(entity.length));
    let letters = "";
    for (const match of masked.matchAll(/[\p{L}\p{N}]/gu)) {
      this.places.push(match.index);
      this.ends.push(match.index + match[0].length);
      letters += match[0].length === 1 ? match[0] : "\ufffd"; // one character per letter, so that positions in both agree
    }
    this.letters = letters;
  }

  /** The number of letters before a position. */
  before(place: number): number {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.places[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Return candidates for applying the edit from `before` to `after` to `source`, likeliest first. */
export function patches(source: string, before: string, after: string): string[] {
  const old = new Words(before);
  const words = new Words(source);
  const candidates = [byLines(before, after), [hunk(before, after, 0)]].flatMap((hunks) => [
    hunks && applied(words, old, hunks, false),
    hunks && applied(words, old, hunks, true),
    // A Latin word between two Chinese lines replaces the line break, which would become a space beside it.
    hunks && applied(words, old, hunks, false, /^[ \t]*\n[ \t>]*/),
  ]);
  return [...new Set(candidates)].filter((text) => text !== undefined);
}

/** If the number of lines is unchanged, each differing line is a separate hunk. */
function byLines(before: string, after: string): Hunk[] | undefined {
  const lines = before.split("\n");
  const others = after.split("\n");
  if (lines.length !== others.length) return undefined;
  let place = 0;
  const hunks: Hunk[] = [];
  lines.forEach((line, number) => {
    const other = others[number] ?? "";
    if (line !== other) hunks.push(hunk(line, other, place));
    place += line.length + 1;
  });
  return hunks;
}

function hunk(before: string, after: string, offset: number): Hunk {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { from: offset + start, to: offset + before.length - end, words: after.slice(start, after.length - end) };
}

function applied(words: Words, old: Words, hunks: Hunk[], fromBehind: boolean, swallowed?: RegExp): string | undefined {
  let text = words.text;
  for (const hunk of hunks.toReversed()) {
    const range = located(words, old, hunk, fromBehind);
    if (!range) return undefined;
    const behind = text.slice(range[1]);
    text = text.slice(0, range[0]) + hunk.words + (swallowed ? behind.replace(swallowed, "") : behind);
  }
  return text;
}

const CONTEXTS = [Infinity, 48, 24, 12, 6];

/** Locate a range of the old text in the source: the same occurrence of the same letters. */
function located(words: Words, old: Words, { from, to }: Hunk, fromBehind: boolean): [number, number] | undefined {
  const first = old.before(from);
  const last = old.before(to);
  for (const context of CONTEXTS) {
    const start = Math.max(0, first - context);
    const needle = old.letters.slice(start, last + context);
    const at = nthPlace(words.letters, needle, timesBefore(old.letters, needle, start));
    if (at < 0) continue;
    const shift = at - start;
    const begin = edge(words, old, from, first, shift, fromBehind);
    const end = from === to ? begin : edge(words, old, to, last, shift, fromBehind);
    if (begin !== undefined && end !== undefined && begin <= end) return [begin, end];
  }
  return undefined;
}

function timesBefore(text: string, needle: string, place: number): number {
  let times = 0;
  for (let at = text.indexOf(needle); at >= 0 && at < place; at = text.indexOf(needle, at + 1)) times++;
  return times;
}

function nthPlace(text: string, needle: string, times: number): number {
  let at = text.indexOf(needle);
  for (; times > 0 && at >= 0; times--) at = text.indexOf(needle, at + 1);
  return at;
}

/**
 * Map a position between two letters of the old text to the source, by its distance from the letter before or after.
 */
function edge(words: Words, old: Words, place: number, letter: number, shift: number, fromBehind: boolean): number | undefined {
  const sides = [afterLetter, beforeLetter];
  for (const side of fromBehind ? sides.reverse() : sides) {
    const position = side(words, old, place, letter, shift);
    if (position !== undefined) return position;
  }
  return undefined;
}

function afterLetter(words: Words, old: Words, place: number, letter: number, shift: number): number | undefined {
  const behind = letter ? (old.ends[letter - 1] ?? 0) : 0;
  const start = letter ? words.ends[letter + shift - 1] : 0;
  const fits = start !== undefined && (letter || !shift) && words.text.startsWith(old.text.slice(behind, place), start);
  return fits ? start + place - behind : undefined;
}

function beforeLetter(words: Words, old: Words, place: number, letter: number, shift: number): number | undefined {
  const gap = old.text.slice(place, old.places[letter] ?? old.text.length);
  const end = words.places[letter + shift] ?? words.text.length;
  return words.text.slice(0, end).endsWith(gap) ? end - gap.length : undefined;
}
