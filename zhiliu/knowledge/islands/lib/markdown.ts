/** The Markdown reader: the same rules as the server's (zhiliu/kit/prose.py), but raw HTML is recognised, so that it can be left alone. */
import MarkdownIt from "markdown-it";
import type StateInline from "markdown-it/lib/rules_inline/state_inline.mjs";

const CJK = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[\ud840-\ud87f][\udc00-\udfff]/;

let made: MarkdownIt | undefined;

export function markdown(): MarkdownIt {
  if (made) return made;
  made = new MarkdownIt("commonmark", { html: true, linkify: false });
  made.enable(["table", "strikethrough"]);
  made.inline.ruler.before("emphasis", "cjk_emphasis", cjkEmphasis);
  return made;
}

/** `**“重点”**后面` is bold: beside a mark, a Chinese character counts like a space (markdown-cjk-friendly). */
function cjkEmphasis(state: StateInline, silent: boolean): boolean {
  if (silent || state.src[state.pos] !== "*") return false;
  const scanned = state.scanDelims(state.pos, true);
  const before = state.pos > 0 ? state.src.slice(Math.max(0, state.pos - 2), state.pos) : " ";
  const after = state.src.slice(state.pos + scanned.length, state.pos + scanned.length + 2) || " ";
  const open = scanned.can_open || (CJK.test(lastOf(before)) && !/^\s/.test(after));
  const close = scanned.can_close || (CJK.test(firstOf(after)) && !/\s$/.test(before));
  for (let i = 0; i < scanned.length; i++) {
    state.push("text", "", 0).content = "*";
    state.delimiters.push({ marker: 0x2a, length: scanned.length, token: state.tokens.length - 1, end: -1, open, close });
  }
  state.pos += scanned.length;
  return true;
}

function firstOf(text: string): string {
  return [...text][0] ?? "";
}

function lastOf(text: string): string {
  return [...text].at(-1) ?? "";
}
