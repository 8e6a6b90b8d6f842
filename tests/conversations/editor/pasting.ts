/** Bundled for a page of Chromium by test_clipboard.py: what pasting into a message makes of a clipboard. */
import { pastedIn } from "../../../zhiliu/conversations/islands/lib/pasted";

interface Answer {
  text: string | null;
  files: string[];
  lost: number;
}

/** `kinds` is what lies on the clipboard, by its type; no text means that the plain text is taken as it is. */
function pasteIntoMessage(kinds: Record<string, string>): Answer {
  const clipboard = new DataTransfer();
  for (const [kind, text] of Object.entries(kinds)) clipboard.setData(kind, text);
  const pasted = pastedIn(clipboard);
  return { text: pasted?.text ?? null, files: pasted?.files.map((file) => file.name) ?? [], lost: pasted?.lost ?? 0 };
}

Object.assign(window, { pasteIntoMessage });
