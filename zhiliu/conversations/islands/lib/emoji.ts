import { meta } from "../../../kit/islands/lib/words";

/** An emoji as the built file has it: sign, group, Chinese name, English name, codes, other words to find it by. */
export type EmojiRow = [sign: string, group: number, chinese: string, english: string, codes: string, words: string];

export interface Emoji {
  sign: string;
  group: number;
  /** In the reader's language. */
  name: string;
  /** What stands between colons, the usual one first. */
  codes: string[];
  /** All words to find it by, in both languages and pinyin. */
  words: string[];
}

const MOST_FOUND = 60;
const MOST_REMEMBERED = 40;

let loaded: Promise<Emoji[]> | undefined;

/** Load the emoji with the first question about them; a page that asks nothing loads nothing. */
export function allEmoji(): Promise<Emoji[]> {
  loaded ??= import("virtual:emoji").then(({ default: rows }) => rows.map(emojiOf));
  // After a failed load the next question tries again.
  loaded.catch(() => (loaded = undefined));
  return loaded;
}

function emojiOf([sign, group, chinese, english, codes, words]: EmojiRow): Emoji {
  const name = document.documentElement.lang.startsWith("zh") ? chinese : english;
  return { sign, group, name, codes: codes.split(" "), words: [chinese, english, ...words.split(" ")].map((word) => word.toLowerCase()) };
}

/** Return the emoji a word finds: those of that very code or name first, then those most used, then those with the shortest code. */
export function emojiFor(all: Emoji[], text: string, most = MOST_FOUND): Emoji[] {
  const word = text.toLowerCase().replaceAll("-", "_");
  const used = usedSigns();
  const ranked = all.map((emoji) => ({ emoji, rank: rankOf(emoji, word) })).filter(({ rank }) => rank < NOT_FOUND);
  const use = ({ sign }: Emoji): number => (used.includes(sign) ? used.indexOf(sign) : MOST_REMEMBERED);
  const length = ({ codes }: Emoji): number => codes.find((code) => code.startsWith(word))?.length ?? 0;
  ranked.sort((a, b) => a.rank - b.rank || use(a.emoji) - use(b.emoji) || length(a.emoji) - length(b.emoji));
  return ranked.slice(0, most).map(({ emoji }) => emoji);
}

const NOT_FOUND = 4;

/** Return 0 for the very code or name, then how near the word is; short words are found at the start of others only. */
function rankOf({ sign, codes, name, words }: Emoji, word: string): number {
  if (codes.includes(word) || name === word || sign === word) return 0;
  if (codes.some((code) => code.startsWith(word)) || words[0]?.startsWith(word)) return 1;
  if (words.some((other) => other === word)) return 2;
  const isHan = /\p{Script=Han}/u.test(word);
  const found = words.some((other) => (isHan ? other.includes(word) : other.startsWith(word)));
  return found || codes.some((code) => code.includes(`_${word}`)) ? 3 : NOT_FOUND;
}

/** Return the emoji of a code, which stands between two colons. */
export function emojiOfCode(all: Emoji[], code: string): Emoji | undefined {
  return all.find(({ codes, name }) => codes.includes(code.toLowerCase()) || name === code);
}

// -- those a person uses, on this device ------------------------------------------------------------------------------

type Uses = Record<string, number>;

function place(): string {
  return `emoji-used:${meta("me")}`;
}

function uses(): Uses {
  try {
    return JSON.parse(localStorage.getItem(place()) ?? "{}") as Uses;
  } catch {
    return {};
  }
}

/** Return the signs a person has used, most used first. */
export function usedSigns(): string[] {
  return Object.entries(uses())
    .sort(([, one], [, other]) => other - one)
    .map(([sign]) => sign);
}

/** Count a use. Only the most used are remembered; the newcomer takes the place of the least used. */
export function countUse(sign: string): void {
  const counted = uses();
  const count = (counted[sign] ?? 0) + 1;
  delete counted[sign];
  const others = Object.entries(counted).sort(([, one], [, other]) => other - one).slice(0, MOST_REMEMBERED - 1);
  try {
    localStorage.setItem(place(), JSON.stringify(Object.fromEntries([[sign, count], ...others])));
  } catch {
    // Storage is full or forbidden: the usual ones are offered.
  }
}

/** Return the first signs to offer: the person's own, then `usual` ones. */
export function favourites(usual: string[], most: number): string[] {
  return [...new Set([...usedSigns(), ...usual])].slice(0, most);
}
