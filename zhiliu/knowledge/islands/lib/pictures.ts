/** Pasted, dropped or chosen pictures: a placeholder marks the position during the upload. */
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet, type EditorView } from "@tiptap/pm/view";
import { filesAlone } from "../../../kit/islands/lib/clipboard-files";

interface Settings {
  /** Upload a file and return its address, or fail with a message. */
  send: (file: File) => Promise<{ url: string; name: string; picture: boolean }>;
  failed: (sentence: string) => void;
  waiting: string;
}

const key = new PluginKey<DecorationSet>("pictures");

export function pictures(settings: Settings): Extension {
  return Extension.create({ name: "pictures", addProseMirrorPlugins: () => [plugin(settings)] });
}

function plugin(settings: Settings): Plugin {
  return new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply(transaction, set) {
        const moved = set.map(transaction.mapping, transaction.doc);
        const change = transaction.getMeta(key) as { add?: Decoration; remove?: object } | undefined;
        if (change?.add) return moved.add(transaction.doc, [change.add]);
        return change?.remove ? moved.remove(moved.find(undefined, undefined, (spec) => spec.id === change.remove)) : moved;
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handlePaste: (view, event) => takeAll(view, filesAlone(event.clipboardData), view.state.selection.from, settings),
      handleDrop(view, event, _slice, moved) {
        if (moved) return false;
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? view.state.selection.from;
        return takeAll(view, [...(event.dataTransfer?.files ?? [])], at, settings);
      },
    },
  });
}

function takeAll(view: EditorView, files: File[], at: number, settings: Settings): boolean {
  for (const file of files) void insert(view, file, at, settings);
  return files.length > 0;
}

/** Upload a file and insert it at `at`, mapped through edits made in the meantime. */
export async function insert(view: EditorView, file: File, at: number, settings: Settings): Promise<void> {
  const id = {};
  view.dispatch(view.state.tr.setMeta(key, { add: Decoration.widget(at, () => waitingMark(settings.waiting), { id, side: 1 }) }));
  try {
    const { url, name, picture } = await settings.send(file);
    const place = placeOf(view, id);
    const { schema, tr } = view.state;
    if (place === undefined) return;
    const node = picture
      ? schema.nodes.image?.create({ src: url, alt: name.replace(/\.\w+$/, "") })
      : schema.text(name, [schema.marks.link?.create({ href: url })].filter((mark) => mark !== undefined));
    if (node) view.dispatch(tr.insert(place, node).setMeta(key, { remove: id }));
  } catch (error) {
    if (placeOf(view, id) !== undefined) view.dispatch(view.state.tr.setMeta(key, { remove: id }));
    settings.failed(error instanceof Error ? error.message : String(error));
  }
}

function placeOf(view: EditorView, id: object): number | undefined {
  return key.getState(view.state)?.find(undefined, undefined, (spec) => spec.id === id)[0]?.from;
}

function waitingMark(text: string): HTMLElement {
  const mark = document.createElement("span");
  mark.className = "uploading";
  mark.textContent = text;
  return mark;
}
