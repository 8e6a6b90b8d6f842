/** Bundled for a page of Chromium by test_clipboard.py: what pasting into the editor makes of a clipboard. */
import { Editor } from "@tiptap/core";
import { UndoRedo } from "@tiptap/extensions";
import { filesAlone } from "../../../zhiliu/kit/islands/lib/clipboard-files";
import { open, textOf } from "../../../zhiliu/knowledge/islands/lib/document";
import { pasting } from "../../../zhiliu/knowledge/islands/lib/paste";
import { content, tasks } from "../../../zhiliu/knowledge/islands/lib/schema";
import { run } from "../../../zhiliu/knowledge/islands/lib/commands";

interface Answer {
  markdown: string;
  undone: string;
  asked: string[];
  lost: string[];
}

function editorWith(asked: string[], lost: string[]): Editor {
  const fetched = async (url: string): Promise<{ url: string }> => {
    asked.push(url);
    if (url.includes("gone")) throw new Error("gone");
    return { url: "/files/7/picture/" };
  };
  const settings = { fetch: fetched, send: (file: File) => fetched(file.name), lost: (reason: string) => void lost.push(reason) };
  document.body.replaceChildren();
  return new Editor({ element: document.body, extensions: [...content, tasks((text) => text), UndoRedo, pasting(settings)], injectCSS: false });
}

/** Paste into an empty article; `kinds` is what lies on the clipboard, by its type. */
async function paste(kinds: Record<string, string>): Promise<Answer> {
  const asked: string[] = [];
  const lost: string[] = [];
  const editor = editorWith(asked, lost);
  const nothing = open(editor.schema, "");
  const clipboard = new DataTransfer();
  for (const [kind, text] of Object.entries(kinds)) clipboard.setData(kind, text);
  editor.view.dom.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
  await new Promise((done) => setTimeout(done));
  const markdown = textOf(editor.state.doc, nothing);
  editor.commands.undo();
  const undone = editor.getText({ blockSeparator: "\n" });
  editor.destroy();
  return { markdown, undone, asked, lost };
}

function tableTyped(): string {
  const editor = editorWith([], []);
  run(editor, "table");
  editor.commands.insertContent("单号");
  const text = textOf(editor.state.doc, open(editor.schema, ""));
  editor.destroy();
  return text;
}

/** How many files a message takes from a clipboard with a picture and these words. */
function takenIntoMessage(kinds: Record<string, string>): number {
  const clipboard = new DataTransfer();
  for (const [kind, text] of Object.entries(kinds)) clipboard.setData(kind, text);
  clipboard.items.add(new File(["x"], "image.png", { type: "image/png" }));
  return filesAlone(clipboard).length;
}

Object.assign(window, { paste, tableTyped, takenIntoMessage });
