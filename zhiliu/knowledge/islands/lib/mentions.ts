/**
 * `@` in an article suggests colleagues. The chosen one becomes a link to their profile, and is notified on
 * publication.
 */
import { Extension, type Range } from "@tiptap/core";
import { PluginKey } from "@tiptap/pm/state";
import { Suggestion } from "@tiptap/suggestion";
import { Menu } from "./slash";
import type { Choice } from "./words";

interface Person {
  name: string;
  url: string;
  hint: string;
}

// Not inside a mail address. Chinese input methods may write the full-width sign.
const TYPED = /(?:^|[^\w@＠])([@＠][\p{L}\p{N}·]{0,20})$/u;

export function mentions(address: string, caption: string): Extension {
  return Extension.create({
    name: "mentions",
    addProseMirrorPlugins() {
      return [
        Suggestion<Choice, Choice>({
          editor: this.editor,
          pluginKey: new PluginKey("mentions"),
          allow: ({ editor }) => !editor.isActive("codeBlock") && !editor.isActive("link"),
          findSuggestionMatch: ({ $position }) => {
            const before = $position.parent.textBetween(0, $position.parentOffset, undefined, "\ufffc");
            const typed = TYPED.exec(before)?.[1];
            return typed ? { range: { from: $position.pos - typed.length, to: $position.pos }, query: typed.slice(1), text: typed } : null;
          },
          items: ({ query }) => people(address, query),
          command: ({ editor, range, props }) => {
            const link = { type: "text", text: `@${props.name}`, marks: [{ type: "link", attrs: { href: props.key } }] };
            editor.chain().focus().insertContentAt(range as Range, [link, { type: "text", text: " " }]).run();
          },
          render: () => new Menu(caption),
        }),
      ];
    },
  });
}

async function people(address: string, query: string): Promise<Choice[]> {
  try {
    const url = new URL(address, location.href);
    url.searchParams.set("q", query);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    const people = answer.ok && !answer.redirected ? ((await answer.json()) as Person[]) : [];
    return people.map(({ name, url: key, hint }) => ({ key, name, hint, icon: "user", find: [] }));
  } catch {
    return []; // offline: what was typed stays
  }
}
