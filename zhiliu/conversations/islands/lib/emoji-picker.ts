import { icon } from "../../../kit/islands/lib/words";
import { type Emoji, allEmoji, emojiFor, favourites } from "./emoji";
import { phrase } from "./said";

/** Icons of the groups, by the numbers of emojibase. */
const GROUPS: [group: number, icon: string, words: string][] = [
  [0, "smile", "emojiFaces"],
  [1, "hand", "emojiPeople"],
  [3, "leaf", "emojiNature"],
  [4, "utensils-crossed", "emojiFood"],
  [5, "map-pin", "emojiPlaces"],
  [6, "trophy", "emojiActivities"],
  [7, "lightbulb", "emojiObjects"],
  [8, "heart", "emojiSymbols"],
  [9, "flag", "emojiFlags"],
];
const MOST_FAVOURITES = 16;
const USUAL = ["👍", "👏", "🎉", "😄", "🤔", "👀", "✅", "❤️", "😂", "🙏", "💪", "🌹", "😅", "👌", "🔥", "💡"];
let count = 0;

/**
 * All emoji, to look through by group or to search by Chinese or English words, pinyin and codes. Tab reaches the search,
 * the groups and the emoji once each; arrows walk among the emoji.
 */
export class EmojiPicker {
  readonly element = document.createElement("div");
  private readonly search = document.createElement("input");
  private readonly groups = document.createElement("div");
  private readonly list = document.createElement("div");
  private readonly status = document.createElement("p");
  private all: Emoji[] = [];

  /** @param chosen gets the sign. @param closed is called by Escape. */
  constructor(
    private readonly chosen: (sign: string) => void,
    private readonly closed: () => void,
  ) {
    this.element.className = "emoji-picker";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", phrase("emoji"));
    this.search.className = "input small";
    this.search.type = "search";
    this.search.autocomplete = "off";
    this.search.placeholder = phrase("emojiSearch");
    this.search.setAttribute("aria-label", phrase("emojiSearch"));
    this.groups.className = "emoji-groups";
    this.groups.dataset.controller = "toolbar";
    this.groups.setAttribute("role", "toolbar");
    this.groups.setAttribute("aria-label", phrase("emojiGroups"));
    this.groups.append(...GROUPS.map(([group, name, words]) => this.groupButton(group, name, phrase(words))));
    this.list.className = "emoji-list";
    this.status.className = "small quiet hidden-text";
    this.status.setAttribute("role", "status");
    this.element.append(this.search, this.groups, this.status, this.list);
    this.search.addEventListener("input", this.typed);
    this.element.addEventListener("keydown", this.pressed);
    this.list.addEventListener("click", this.clicked);
  }

  /** Show the emoji; on a desk the search is ready to type into, on touch no keyboard comes up. */
  async open(): Promise<void> {
    if (matchMedia("(pointer: fine)").matches) this.search.focus({ preventScroll: true });
    this.search.value = "";
    this.say("");
    try {
      this.all = await allEmoji();
      this.showAll();
    } catch {
      this.say(phrase("offline"));
    }
  }

  private say(text: string): void {
    this.status.textContent = text;
    // Without words it takes no room, and stays a place readers of the screen listen to.
    this.status.classList.toggle("hidden-text", !text);
  }

  private groupButton(group: number, name: string, words: string): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "icon-button small";
    button.title = words;
    button.setAttribute("aria-label", words);
    button.append(icon(name));
    button.addEventListener("click", () => this.goTo(group));
    return button;
  }

  private goTo(group: number): void {
    if (this.search.value) this.search.value = "";
    if (!this.list.querySelector("[data-group]")) this.showAll();
    const section = this.list.querySelector<HTMLElement>(`[data-group="${group}"]`);
    if (!section) return;
    const toTop = (): number => (this.list.scrollTop += section.getBoundingClientRect().top - this.list.getBoundingClientRect().top);
    toTop();
    // What came into view is laid out now, and may be higher than it was taken to be.
    requestAnimationFrame(toTop);
  }

  private showAll(): void {
    const bySign = new Map(this.all.map((emoji) => [emoji.sign, emoji]));
    const first = favourites(USUAL, MOST_FAVOURITES).flatMap((sign) => bySign.get(sign) ?? []);
    const sections = GROUPS.map(([group, , words]) => this.section(phrase(words), this.all.filter((emoji) => emoji.group === group), group));
    this.show(this.section(phrase("emojiOften"), first), ...sections);
  }

  /** What is looked for; in the field of messages codes stand between colons. */
  private word(): string {
    return this.search.value.replace(/^[\s:：]+|[\s:：]+$/gu, "");
  }

  private readonly typed = (event: Event): void => {
    if (event instanceof InputEvent && event.isComposing) return;
    const word = this.word();
    if (!word) {
      this.say("");
      return this.showAll();
    }
    const found = emojiFor(this.all, word);
    this.say(found.length ? "" : phrase("emojiNone"));
    this.show(this.section(phrase("emojiFound"), found));
  };

  private show(...sections: HTMLElement[]): void {
    this.list.replaceChildren(...sections);
    this.list.scrollTop = 0;
    const first = this.buttons()[0];
    if (first) first.tabIndex = 0;
  }

  private section(words: string, emoji: Emoji[], group?: number): HTMLElement {
    const section = document.createElement("section");
    section.hidden = !emoji.length;
    if (group !== undefined) section.dataset.group = String(group);
    const head = document.createElement("h3");
    head.className = "small quiet";
    head.id = `emoji-${++count}`;
    head.textContent = words;
    section.setAttribute("aria-labelledby", head.id);
    const grid = document.createElement("div");
    grid.className = "emoji-grid";
    grid.append(...emoji.map(signButton));
    section.append(head, grid);
    return section;
  }

  private buttons(): HTMLButtonElement[] {
    return [...this.list.querySelectorAll<HTMLButtonElement>("[data-sign]")];
  }

  private readonly clicked = (event: Event): void => {
    const sign = (event.target as Element).closest<HTMLElement>("[data-sign]")?.dataset.sign;
    if (sign) this.chosen(sign);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") this.closed();
    else if (event.target === this.search) {
      if (!this.pressedInSearch(event.key)) return;
    } else if (!this.walk(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Enter takes the first one found; it never sends the message. */
  private pressedInSearch(key: string): boolean {
    const first = this.buttons()[0];
    if (key === "ArrowDown") this.focus(first);
    else if (key !== "Enter") return false;
    else if (first?.dataset.sign && this.word()) this.chosen(first.dataset.sign);
    return true;
  }

  private walk({ key, target }: KeyboardEvent): boolean {
    const buttons = this.buttons();
    const at = buttons.indexOf(target as HTMLButtonElement);
    if (at < 0) return false;
    const to = { ArrowRight: buttons[at + 1], ArrowLeft: buttons[at - 1], Home: buttons[0], End: buttons.at(-1), ArrowDown: below(buttons, at, 1), ArrowUp: below(buttons, at, -1) };
    if (!(key in to)) return false;
    if (key === "ArrowUp" && !to.ArrowUp) this.search.focus();
    else this.focus(to[key as keyof typeof to]);
    return true;
  }

  private focus(button: HTMLButtonElement | undefined): void {
    if (!button) return;
    for (const other of this.list.querySelectorAll<HTMLElement>('[tabindex="0"]')) other.tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
  }
}

function signButton({ sign, name, codes }: Emoji): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  button.dataset.sign = sign;
  button.title = `${name} :${codes[0]}:`;
  button.setAttribute("aria-label", name);
  button.textContent = sign;
  return button;
}

/** Return the button nearest in the next line of the grid, downwards (1) or upwards (-1). */
function below(buttons: HTMLButtonElement[], at: number, way: 1 | -1): HTMLButtonElement | undefined {
  const from = buttons[at]?.getBoundingClientRect();
  if (!from) return undefined;
  const others = way > 0 ? buttons.slice(at + 1) : buttons.slice(0, at).reverse();
  const line = others.find((button) => Math.abs(button.getBoundingClientRect().top - from.top) > from.height / 2)?.getBoundingClientRect().top;
  if (line === undefined) return undefined;
  const inLine = others.filter((button) => button.getBoundingClientRect().top === line);
  return inLine.sort((first, second) => distance(first, from) - distance(second, from))[0];
}

function distance(button: HTMLButtonElement, from: DOMRect): number {
  return Math.abs(button.getBoundingClientRect().left - from.left);
}
