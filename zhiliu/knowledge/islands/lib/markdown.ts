/**
 * The Markdown parser, with the server's rules (zhiliu/kit/text/markdown_rules.py, one table for both). It also
 * recognises what the editor cannot show, so that it is left alone: raw HTML, footnotes, formulas, boxes of other
 * dialects.
 */
import MarkdownIt from "markdown-it";
import code from "markdown-it/lib/rules_block/code.mjs";
import reference from "markdown-it/lib/rules_block/reference.mjs";
import type StateBlock from "markdown-it/lib/rules_block/state_block.mjs";
import type StateCore from "markdown-it/lib/rules_core/state_core.mjs";
import type StateInline from "markdown-it/lib/rules_inline/state_inline.mjs";
import type Token from "markdown-it/lib/token.mjs";
import rules from "../../../kit/text/markdown_rules.json";

const CJK = new RegExp(`[${rules.cjk}]`, "u");
const WIDE = new RegExp(`[${rules.wide}]`, "u");
const DEFINITION = new RegExp(rules.definition, "uy");
const TARGET = new RegExp(`^${rules.target}`, "iu");
const FOOTNOTE = new RegExp(rules.footnote, "uy");
const FORMULA = new RegExp(rules.formula, "uy");
const ADDRESS = new RegExp(rules.address, "uy");
const PIECE = new RegExp(rules.address, "ug");
const BOX = /^(?:!!!|\?\?\?\+?)[ \t]/;

let instance: MarkdownIt | undefined;

export function markdown(): MarkdownIt {
  if (instance) return instance;
  instance = new MarkdownIt("commonmark", { html: true, linkify: true });
  instance.enable(["table", "strikethrough", "linkify"]);
  befriendCjk(instance);
  cutAddresses(instance);
  const ends = { alt: ["paragraph", "reference", "blockquote"] };
  instance.block.ruler.before("reference", "footnote", footnote, ends);
  instance.block.ruler.before("reference", "formula_block", formulaBlock, ends);
  instance.block.ruler.before("code", "box", box, ends);
  instance.block.ruler.at("reference", definition);
  instance.block.ruler.at("code", codeBlock);
  instance.inline.ruler.before("escape", "opaque", opaque);
  instance.core.ruler.after("block", "indents", keepIndents);
  instance.core.ruler.after("inline", "han_lines", joinHanLines);
  for (const name of ["opaque_inline", "opaque_block"]) instance.renderer.rules[name] = (tokens, index) => instance?.utils.escapeHtml(tokens[index]?.content ?? "") ?? "";
  return instance;
}

// -- emphasis -----------------------------------------------------------------------------------------------------------

/**
 * Beside a delimiter run, one Chinese character is enough to open and close (the amendment of markdown-cjk-friendly).
 */
function befriendCjk(parser: MarkdownIt): void {
  parser.inline.State = class extends parser.inline.State {
    override scanDelims(start: number, canSplitWord: boolean): ReturnType<StateInline["scanDelims"]> {
      let end = start;
      while (end < this.posMax && this.src[end] === this.src[start]) end++;
      const before = characterBefore(this.src, start);
      const after = end < this.posMax ? String.fromCodePoint(this.src.codePointAt(end) ?? 32) : " ";
      return { ...flanks(before, after, canSplitWord), length: end - start };
    }
  };
}

/** Return whether a delimiter run between two characters can open and close. */
export function flanks(before: string, after: string, canSplitWord: boolean): { can_open: boolean; can_close: boolean } {
  if (isSpace(before) || isSpace(after)) return { can_open: !isSpace(after), can_close: !isSpace(before) };
  const chinese = canSplitWord && (CJK.test(before) || CJK.test(after));
  return {
    can_open: isPunctuation(before) || chinese || (canSplitWord && !isPunctuation(after)),
    can_close: isPunctuation(after) || chinese || (canSplitWord && !isPunctuation(before)),
  };
}

function characterBefore(text: string, place: number): string {
  const before = [...text.slice(Math.max(0, place - 5), place)];
  const last = before.at(-1) ?? " ";
  // A variation selector belongs to the character before it.
  return /[\ufe00-\ufe0f]/.test(last) ? (before.at(-2) ?? " ") : last;
}

function isSpace(character: string): boolean {
  return markdown().utils.isWhiteSpace(character.codePointAt(0) ?? 32);
}

function isPunctuation(character: string): boolean {
  return markdown().utils.isMdAsciiPunct(character.codePointAt(0) ?? 32) || markdown().utils.isPunctChar(character);
}

// -- blocks -------------------------------------------------------------------------------------------------------------

/** A link definition counts only if its target is an address: `[来源]: 年度报告` is text. */
function definition(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  const target = at(DEFINITION, state.src, first(state, start))?.[1];
  return target !== undefined && TARGET.test(target) && reference(state, start, end, silent);
}

const WIDE_SPACE = "\u3000";

/** Four spaces start a code block; wide spaces before Chinese start an indented paragraph. */
function codeBlock(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  return state.src[first(state, start)] !== WIDE_SPACE && code(state, start, end, silent);
}

/** Restore the wide spaces at the start of a Chinese paragraph, which the parser strips. */
function keepIndents(state: StateCore): void {
  if (!state.src.includes(WIDE_SPACE)) return;
  const lines = state.src.split("\n");
  state.tokens.forEach((inline, place) => {
    if (state.tokens[place - 1]?.type !== "paragraph_open" || !inline.map || !inline.content) return;
    const line = lines[inline.map[0]] ?? "";
    const before = line.slice(0, Math.max(0, line.indexOf(inline.content.split("\n", 1)[0] ?? "")));
    inline.content = (/\u3000*$/.exec(before)?.[0] ?? "") + inline.content;
  });
}

function footnote(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  const label = at(FOOTNOTE, state.src, first(state, start));
  if (!label || state.src[first(state, start) + label[0].length] !== ":") return false;
  if (silent) return true;
  let line = start + 1;
  while (line < end && !state.isEmpty(line)) line++;
  return asOpaque(state, start, indented(state, line, end));
}

/** Parse `!!! note` and `??? note` with everything indented below them. */
function box(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  if (!BOX.test(state.src.slice(first(state, start), state.eMarks[start]))) return false;
  return silent || asOpaque(state, start, indented(state, start + 1, end));
}

function formulaBlock(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  if (!state.src.startsWith("$$", first(state, start))) return false;
  for (let line = start; line < end && !state.isEmpty(line); line++) {
    const from = line === start ? first(state, start) + 2 : first(state, line);
    if (/\$\$[ \t]*$/.test(state.src.slice(from, state.eMarks[line]))) return silent || asOpaque(state, start, line + 1);
  }
  return false;
}

/** Return the line after the last line that is blank or indented by four, starting at `line`. */
function indented(state: StateBlock, line: number, end: number): number {
  let last = line;
  for (; line < end && (state.isEmpty(line) || (state.sCount[line] ?? 0) - state.blkIndent >= 4); line++) {
    if (!state.isEmpty(line)) last = line + 1;
  }
  return last;
}

function asOpaque(state: StateBlock, start: number, end: number): boolean {
  const token = state.push("opaque_block", "", 0);
  token.content = state.getLines(start, end, state.blkIndent, false);
  token.map = [start, end];
  state.line = end;
  return true;
}

function first(state: StateBlock, line: number): number {
  return (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
}

function at(pattern: RegExp, text: string, place: number): RegExpExecArray | null {
  pattern.lastIndex = place;
  return pattern.exec(text);
}

// -- inline
// --------------------------------------------------------------------------------------------------------------

/** Keep formulas and footnote references as written. */
function opaque(state: StateInline, silent: boolean): boolean {
  const source = state.src[state.pos] === "$" ? formulaAt(state.src, state.pos) : at(FOOTNOTE, state.src, state.pos)?.[0];
  if (!source) return false;
  if (!silent) state.push("opaque_inline", "", 0).content = source;
  state.pos += source.length;
  return true;
}

/** Return the formula that starts at a position of a text. */
export function formulaAt(text: string, place: number): string | undefined {
  return /[$\\]/.test(text[place - 1] ?? "") ? undefined : at(FORMULA, text, place)?.[0];
}

/** A line break between two Chinese characters renders nothing: Chinese has no spaces. */
function joinHanLines(state: StateCore): void {
  for (const block of state.tokens) {
    const children = block.children ?? [];
    children.forEach((token, place) => {
      if (token.type !== "softbreak") return;
      const before = [...(children.slice(0, place).findLast((child) => child.content)?.content ?? "")].at(-1) ?? "";
      const after = [...(children.slice(place + 1).find((child) => child.content)?.content ?? "")][0] ?? "";
      if (WIDE.test(before) && WIDE.test(after)) token.type = "text";
    });
  }
}

// -- addresses ----------------------------------------------------------------------------------------------------------

type Match = NonNullable<ReturnType<MarkdownIt["linkify"]["match"]>>[number];

const BARE_HOST = /^(?:www\.|[^/]*\.(?:com|cn|net|org|gov|edu)(?:[/:?#]|$))/i;

/** Plain addresses end at Chinese text, unless it starts a part of the address. */
function cutAddresses(parser: MarkdownIt): void {
  const { linkify } = parser;
  const match = linkify.match.bind(linkify);
  const matchAtStart = linkify.matchAtStart.bind(linkify);
  linkify.match = (text) => {
    const matches: Match[] = [];
    const parts: [text: string, start: number][] = [[text, 0]];
    for (let part = parts.pop(); part; part = parts.pop()) {
      for (const hit of match(part[0]) ?? []) {
        const behind = moved(hit, part[1]) && cut(hit);
        if (isAddress(hit)) matches.push(hit);
        // By the pieces between Chinese: a host may start with Chinese, and so be cut before its first letter.
        for (const piece of behind.matchAll(PIECE)) if (piece[0]) parts.push([piece[0], hit.lastIndex + piece.index]);
      }
    }
    return matches.sort((first, other) => first.index - other.index);
  };
  linkify.matchAtStart = (text) => {
    const hit = matchAtStart(text);
    if (hit) cut(hit);
    return hit && isAddress(hit) ? hit : null;
  };
}

function moved(match: Match, by: number): Match {
  match.index += by;
  match.lastIndex += by;
  return match;
}

function cut(match: Match): string {
  const end = at(ADDRESS, match.raw, 0)?.[0].length ?? 0;
  const behind = match.raw.slice(end);
  if (!behind) return "";
  for (const name of ["raw", "text", "url"] as const) match[name] = match[name].slice(0, -behind.length);
  match.lastIndex = match.index + end;
  return behind;
}

function isAddress(match: Match): boolean {
  if (!match.schema) return BARE_HOST.test(match.raw);
  const host = /^[a-z][a-z+.-]*:\/\/([^/?#]*)/i.exec(match.raw)?.[1];
  return host === undefined || (host !== "" && (/^[\x20-\x7e]*$/.test(host) || host.includes(".")));
}

/** Whether a token belongs to a plain address, which is text and no mark. */
export function isPlainAddress(token: Token): boolean {
  return token.markup === "linkify";
}
