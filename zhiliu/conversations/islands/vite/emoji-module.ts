/**
 * Vite plugin: the module `virtual:emoji` with the names of all emoji in Chinese and English, taken from emojibase. Only
 * what the picker and the completion need is kept, a tenth of the data.
 */
import english from "emojibase-data/en/data.json" with { type: "json" };
import emojibaseCodes from "emojibase-data/en/shortcodes/emojibase.json" with { type: "json" };
import githubCodes from "emojibase-data/en/shortcodes/github.json" with { type: "json" };
import chinese from "emojibase-data/zh/data.json" with { type: "json" };
import pinyin from "emojibase-data/zh/shortcodes/cldr.json" with { type: "json" };
import type { Plugin } from "vite";

/** As in `lib/emoji.ts`: sign, group, Chinese name, English name, codes, other words to find it by. */
type Row = [string, number, string, string, string, string];
type Codes = Record<string, string | string[] | undefined>;
interface Entry {
  emoji: string;
  hexcode: string;
  label: string;
  tags?: string[];
  group?: number;
  /** 1 for those that are drawn as pictures by themselves. */
  type: number;
  version: number;
}

const ID = "virtual:emoji";
/** Newer ones are blank squares on many computers. */
const NEWEST = 14;
/** Skin tones and hair, which are no emoji of their own. */
const COMPONENTS = 2;
/** Windows draws flags of countries as two letters, and those of their parts (England) as a black flag. */
const COUNTRY = /^1F1[EF]|-E007F$/;
/** A single sign, and the mark that asks for its picture. */
const MARKED = /^(.)\uFE0F$/u;

export function emojiModule(): Plugin {
  return {
    name: "zhiliu-emoji",
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => (id === `\0${ID}` ? `export default ${JSON.stringify(rows())};` : undefined),
  };
}

function rows(): Row[] {
  const translated = new Map((chinese as Entry[]).map((entry) => [entry.hexcode, entry]));
  return (english as Entry[]).filter(isOffered).map((entry) => rowOf(entry, translated.get(entry.hexcode) ?? entry));
}

function isOffered(entry: Entry): boolean {
  return entry.group !== undefined && entry.group !== COMPONENTS && entry.version <= NEWEST && !COUNTRY.test(entry.hexcode);
}

function rowOf(entry: Entry, translated: Entry): Row {
  const codes = unique([...codesIn(githubCodes, entry), ...codesIn(emojibaseCodes, entry)]);
  const reading = codesIn(pinyin, entry).map((code) => code.replaceAll("_", ""));
  const words = unique([...(translated.tags ?? []), ...(entry.tags ?? []), ...reading]);
  return [signOf(entry), entry.group ?? 0, translated.label, entry.label, codes.join(" "), words.join(" ")];
}

/** The sign as keyboards write it: what is a picture by itself needs no mark that asks for it. */
function signOf({ emoji, type }: Entry): string {
  return type === 1 ? emoji.replace(MARKED, "$1") : emoji;
}

function codesIn(codes: Codes, entry: Entry): string[] {
  return [codes[entry.hexcode] ?? []].flat();
}

function unique(words: string[]): string[] {
  return [...new Set(words)];
}
