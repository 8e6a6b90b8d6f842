/** The slash menu: `/表`, `/biao`, `/table`. Nothing is chosen while an input method composes. */
import { type Editor, Extension, type Range } from "@tiptap/core";
import { PluginKey } from "@tiptap/pm/state";
import { Suggestion, type SuggestionProps } from "@tiptap/suggestion";
import { icon } from "../../../kit/islands/lib/words";
import type { Choice } from "./words";

interface Settings {
  choices: Choice[];
  caption: string;
  chosen: (editor: Editor, key: string) => void;
}

// At the start of a block or after a space. Chinese input methods may write the full-width slash.
const TYPED = /(?:^|\s)([/／][^\s/／]{0,16})$/;

export function slash(settings: Settings): Extension {
  return Extension.create({
    name: "slash",
    addProseMirrorPlugins() {
      return [
        Suggestion<Choice, Choice>({
          editor: this.editor,
          pluginKey: new PluginKey("slash"),
          allow: ({ editor }) => !editor.isActive("codeBlock"),
          findSuggestionMatch: ({ $position }) => {
            const before = $position.parent.textBetween(0, $position.parentOffset, undefined, "\ufffc");
            const typed = TYPED.exec(before)?.[1];
            if (!typed) return null;
            const range = { from: $position.pos - typed.length, to: $position.pos };
            return { range, query: typed.slice(1), text: typed };
          },
          items: ({ query }) => found(settings.choices, query),
          command: ({ editor, range, props }) => {
            editor.chain().focus().deleteRange(range as Range).run();
            settings.chosen(editor, props.key);
          },
          render: () => new Menu(settings.caption),
        }),
      ];
    },
  });
}

/** Choices with a name that starts with the query come first, then those that contain it. */
function found(choices: Choice[], query: string): Choice[] {
  const typed = query.toLowerCase().replace(/['’]/g, "");
  const rank = (choice: Choice): number =>
    Math.min(...choice.find.map((name) => (name.startsWith(typed) ? 0 : name.includes(typed) ? 1 : 2)));
  return choices.filter((choice) => rank(choice) < 2).sort((a, b) => rank(a) - rank(b));
}

let number = 0;

/** The suggestions at the caret, chosen by arrows and Enter or by the pointer. */
export class Menu {
  private readonly element = document.createElement("div");
  private readonly id = `slash-${++number}`;
  private props: SuggestionProps<Choice, Choice> | undefined;
  private at = 0;

  constructor(caption: string) {
    this.element.className = "menu slash-menu";
    const title = document.createElement("p");
    title.className = "menu-caption";
    title.textContent = caption;
    const list = document.createElement("div");
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", caption);
    list.id = this.id;
    this.element.append(title, list);
    this.element.addEventListener("pointerdown", (event) => this.pressed(event));
  }

  onStart(props: SuggestionProps<Choice, Choice>): void {
    props.editor.view.dom.closest(".editor-page")?.append(this.element);
    this.onUpdate(props);
  }

  onUpdate(props: SuggestionProps<Choice, Choice>): void {
    this.props = props;
    this.at = 0;
    this.element.hidden = !props.items.length;
    this.draw();
    this.place();
  }

  onKeyDown({ event }: { event: KeyboardEvent }): boolean {
    const items = this.props?.items ?? [];
    if (event.isComposing || event.keyCode === 229 || !items.length) return false;
    if (event.key === "Escape") {
      this.element.hidden = true;
      this.props = undefined;
      return true;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + items.length) % items.length;
      this.draw();
      return true;
    }
    if (event.key !== "Enter" && event.key !== "Tab") return false;
    this.choose(this.at);
    return true;
  }

  onExit(): void {
    this.props?.editor.view.dom.removeAttribute("aria-activedescendant");
    this.element.remove();
    this.props = undefined;
  }

  private choose(index: number): void {
    const item = this.props?.items[index];
    if (item) this.props?.command(item);
  }

  private pressed(event: Event): void {
    event.preventDefault(); // keeps the caret in the text
    const row = (event.target as Element).closest<HTMLElement>("[data-index]");
    if (row) this.choose(Number(row.dataset.index));
  }

  private draw(): void {
    const rows = (this.props?.items ?? []).map((item, index) => this.row(item, index));
    this.element.querySelector("[role=listbox]")?.replaceChildren(...rows);
    this.props?.editor.view.dom.setAttribute("aria-activedescendant", `${this.id}-${this.at}`);
    rows[this.at]?.scrollIntoView({ block: "nearest" });
  }

  private row(item: Choice, index: number): HTMLElement {
    const row = document.createElement("div");
    row.className = "slash-row";
    row.id = `${this.id}-${index}`;
    row.dataset.index = String(index);
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(index === this.at));
    const name = document.createElement("span");
    name.textContent = item.name;
    const typed = document.createElement("kbd");
    typed.textContent = item.hint ?? item.find.find((way) => /^[a-z ]+$/.test(way)) ?? "";
    row.append(icon(item.icon), name, typed);
    return row;
  }

  /** Below the caret, or above it near the bottom of the window. */
  private place(): void {
    const caret = this.props?.clientRect?.();
    const frame = this.element.parentElement?.getBoundingClientRect();
    if (!caret || !frame) return;
    const box = this.element.getBoundingClientRect();
    const up = caret.bottom + box.height + 12 > innerHeight && caret.top > box.height;
    const left = Math.max(0, Math.min(caret.left - frame.left, frame.width - box.width));
    this.element.style.left = `${left}px`;
    this.element.style.top = `${(up ? caret.top - box.height - 6 : caret.bottom + 6) - frame.top}px`;
  }
}
