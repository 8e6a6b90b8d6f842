import { Controller } from "@hotwired/stimulus";
import { Editor } from "@tiptap/core";
import { Dropcursor, Gapcursor, TrailingNode, UndoRedo } from "@tiptap/extensions";
import { ListKeymap } from "@tiptap/extension-list";
import type { Node } from "@tiptap/pm/model";
import { Selection } from "@tiptap/pm/state";
import { forgetDraft, idOf, keepDraft, readDraft } from "../../kit/islands/lib/drafts";
import { say } from "../../kit/islands/lib/toasts";
import { meta } from "../../kit/islands/lib/words";
import { withMyChanges } from "./lib/blocks";
import { inTable, isOn, run } from "./lib/commands";
import { open, type Opened, textOf } from "./lib/document";
import { filledHeadings } from "./lib/guide";
import { hints } from "./lib/hints";
import { mentions } from "./lib/mentions";
import { opaque } from "./lib/opaque-view";
import { pasting } from "./lib/paste";
import { insert, pictures } from "./lib/pictures";
import { type Text, type Theirs, Saver } from "./lib/saving";
import { content, Opaque, tasks } from "./lib/schema";
import { slash } from "./lib/slash";
import { Ends } from "./lib/ends";
import { Tables } from "./lib/tables";
import type { Choice, Words } from "./lib/words";

type Sent = { url: string; name: string; picture: boolean };

/**
 * The article editor: `<section data-controller="editor">` around the form; the toolbar `#editor-bar` may be elsewhere.
 * Without scripts the form is a plain text field. Markdown is the source of truth: untouched blocks are written back
 * unchanged.
 */
export default class ArticleEditor extends Controller<HTMLElement> {
  static override targets = ["form", "title", "claim", "source", "surface", "place", "conflict", "guide", "file", "link"];
  static override values = { url: String, upload: String, fetch: String, people: String, community: String, key: String, version: Number, words: Object, choices: Array };
  declare readonly formTarget: HTMLFormElement;
  declare readonly titleTarget: HTMLTextAreaElement;
  declare readonly claimTarget: HTMLTextAreaElement;
  declare readonly sourceTarget: HTMLTextAreaElement;
  declare readonly surfaceTarget: HTMLElement;
  declare readonly placeTarget: HTMLElement;
  declare readonly conflictTargets: HTMLElement[];
  declare readonly fileTarget: HTMLInputElement;
  declare readonly linkTarget: HTMLDialogElement;
  declare readonly urlValue: string;
  declare readonly uploadValue: string;
  declare readonly fetchValue: string;
  declare readonly peopleValue: string;
  declare readonly communityValue: string;
  declare readonly keyValue: string;
  declare readonly versionValue: number;
  declare readonly wordsValue: Words;
  declare readonly choicesValue: Choice[];

  private editor!: Editor;
  private opened!: Opened;
  private saver!: Saver;
  private theirs: Theirs | undefined;
  private asText = false;
  private leaving = false;

  override connect(): void {
    if (this.surfaceTarget.childElementCount) return;
    this.start(this.sourceTarget.value);
    this.saver = new Saver(this.urlValue, this.keyValue, this.versionValue, this.sentences(), {
      read: () => this.text(),
      saving: () => this.state(this.word("saving")),
      saved: (text) => this.state(text),
      failed: (sentence) => this.state(sentence, true),
      conflict: (theirs) => this.showConflict(theirs),
    });
    this.element.classList.add("ready");
    for (const bar of this.bars()) bar.hidden = false;
    this.listen(true);
    this.putBack();
    this.refresh();
  }

  override disconnect(): void {
    this.listen(false);
    this.saver.close();
    this.editor.destroy();
  }

  private listen(on: boolean): void {
    const act = on ? "addEventListener" : "removeEventListener";
    for (const bar of this.bars()) bar[act]("click", this.pressed);
    this.formTarget[act]("submit", this.sending);
    this.formTarget[act]("input", this.typed);
    this.titleTarget[act]("keydown", this.goOn as EventListener);
    this.claimTarget[act]("keydown", this.goOn as EventListener);
    this.fileTarget[act]("change", this.chosen);
    window[act]("keydown", this.key as EventListener);
    window[act]("beforeunload", this.leave);
    window[act]("pagehide", this.keep);
  }

  private bars(): HTMLElement[] {
    return [...document.querySelectorAll<HTMLElement>("[data-editor-bar]")];
  }

  private word(name: string): string {
    return this.wordsValue[name] ?? name;
  }

  private sentences(): { failed: string; signedOut: string } {
    return { failed: this.word("failed"), signedOut: this.word("signed_out") };
  }

  // -- the surface ----------------------------------------------------------------------------------------------------

  private start(markdown: string): void {
    const extensions = [
      ...content.filter((extension) => extension !== Opaque),
      opaque(this.word("opaque")),
      tasks((text) => text || this.word("task")),
      ListKeymap,
      UndoRedo,
      Gapcursor,
      Dropcursor.configure({ color: false, class: "drop-cursor" }),
      TrailingNode,
      Ends,
      Tables,
      hints((doc, index) => this.hintAt(doc, index)),
      slash({ choices: this.choicesValue, caption: this.word("insert"), chosen: (_editor, key) => this.act(key) }),
      mentions(this.peopleValue, this.word("mention")),
      pictures(this.pictureSettings()),
      pasting({ send: (file) => this.upload(file), fetch: (url) => this.fetchPicture(url), lost: (reason) => this.lost(reason) }),
    ];
    this.editor = new Editor({
      element: this.surfaceTarget,
      extensions,
      injectCSS: false,
      editorProps: { attributes: { class: "prose", "aria-label": this.word("text"), "aria-multiline": "true", role: "textbox" } },
      onUpdate: () => this.changed(),
      onSelectionUpdate: () => this.refresh(),
      onTransaction: () => this.refresh(),
    });
    this.opened = open(this.editor.schema, "");
    this.showAsText(!this.load(markdown));
  }

  /**
   * Load a text without an undo step. Returns false if the editor cannot represent all of it: the text field then stays
   * in front, and its content is saved.
   */
  private load(markdown: string): boolean {
    try {
      const opened = open(this.editor.schema, markdown);
      this.editor.chain().setMeta("addToHistory", false).setContent(opened.doc.toJSON(), { emitUpdate: false }).run();
      this.editor.commands.command(({ tr }) => Boolean(tr.setSelection(Selection.atStart(tr.doc)).setMeta("addToHistory", false)));
      if (markdown.trim() && textOf(this.editor.state.doc, opened) !== markdown) return false;
      this.opened = opened;
      return true;
    } catch {
      return false;
    }
  }

  private showAsText(on: boolean): void {
    this.asText = on;
    this.element.classList.toggle("as-text", on);
  }

  /** The hint below an empty heading of the guide is its question; in an empty article, how to begin. */
  private hintAt(doc: Node, index: number): string {
    const before = index ? doc.child(index - 1) : null;
    const question = before?.type.name === "heading" ? this.question(before.textContent) : "";
    return question || (doc.childCount <= 1 ? this.word("begin") : "");
  }

  private question(heading: string): string {
    const part = this.parts().find((guidePart) => guidePart.names.includes(heading.trim()));
    return part?.element.dataset.question ?? "";
  }

  private parts(): { element: HTMLElement; names: string[] }[] {
    const parts = [...document.querySelectorAll<HTMLElement>("[data-guide-part]")];
    return parts.map((element) => ({ element, names: JSON.parse(element.dataset.guidePart ?? "[]") as string[] }));
  }

  private markdown(): string {
    return this.asText ? this.sourceTarget.value : textOf(this.editor.state.doc, this.opened);
  }

  private text(): Text {
    return { title: this.titleTarget.value, claim: this.claimTarget.value, markdown: this.markdown() };
  }

  // -- saving ---------------------------------------------------------------------------------------------------------

  private changed(): void {
    if (!this.saver) return;
    if (this.saver.isDirty) this.state(this.word("unsaved"));
    this.saver.changed();
    this.tick();
  }

  private state(sentence: string, failed = false): void {
    for (const place of document.querySelectorAll<HTMLElement>("[data-editor-state]")) {
      place.classList.toggle("failed", failed);
      place.replaceChildren(sentence);
      if (failed) place.append(" ", this.retryButton());
    }
  }

  private retryButton(): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-button";
    button.textContent = this.word("retry");
    button.addEventListener("click", () => void this.saver.save());
    return button;
  }

  /** Restore the draft of this device. If someone saved in the meantime, the server reports a conflict. */
  private putBack(): void {
    const draft = readDraft(this.keyValue);
    if (typeof draft.markdown !== "string" || this.conflictTargets.length) return;
    const now = this.text();
    if (draft.markdown === now.markdown && draft.title === now.title && draft.claim === now.claim) return forgetDraft(this.keyValue);
    this.show({ title: draft.title ?? "", claim: draft.claim ?? "", markdown: draft.markdown });
    this.saver.version = Number(draft.version) || this.versionValue;
    this.saver.base = draft.base ?? this.saver.base;
    say(this.word("restored"));
    void this.saver.save();
  }

  private show(text: Text): void {
    this.titleTarget.value = text.title;
    this.claimTarget.value = text.claim;
    this.sourceTarget.value = text.markdown;
    if (!this.asText) this.showAsText(!this.load(text.markdown));
    for (const field of [this.titleTarget, this.claimTarget]) field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private showConflict(theirs: Theirs): void {
    this.theirs = theirs;
    this.placeTarget.innerHTML = theirs.html;
    this.state(this.word("conflict"), false);
    this.placeTarget.scrollIntoView({ block: "center" });
  }

  /** Resolve a conflict: mine becomes the newest version, theirs stays in the history. */
  settleMine(event: Event): void {
    if (!this.theirs) return; // the page itself is the response to a form, so submit the form
    event.preventDefault();
    void this.settle();
  }

  /** Resolve a conflict: theirs comes first, with only my blocks appended. */
  settleBelow(event: Event): void {
    if (!this.theirs) return;
    event.preventDefault();
    const { title, claim, markdown } = this.theirs;
    this.show({ title, claim, markdown: withMyChanges(markdown, this.markdown(), this.saver.base) });
    void this.settle();
  }

  private async settle(): Promise<void> {
    const version = this.theirs?.version ?? this.versionValue;
    this.theirs = undefined;
    this.placeTarget.replaceChildren();
    await this.saver.goOn(version);
  }

  /** Submit the whole form to publish, with the editor's content. */
  private readonly sending = (): void => {
    this.leaving = true;
    this.saver.close();
    this.sourceTarget.value = this.markdown();
    const version = this.formTarget.elements.namedItem("version") as HTMLInputElement;
    version.value = String(this.theirs?.version ?? this.saver.version);
    this.keepUntilTaken();
  };

  /** Store the draft on this device until the server confirms it (see `drafts.ts`). */
  private keepUntilTaken(): void {
    keepDraft(this.keyValue, { ...this.text(), version: String(this.saver.version), base: this.saver.base });
    const draft = document.createElement("input");
    Object.assign(draft, { type: "hidden", name: "_draft", value: idOf(this.keyValue) });
    this.formTarget.append(draft);
  }

  private readonly leave = (event: BeforeUnloadEvent): void => {
    if (!this.leaving && this.saver.isDirty) event.preventDefault();
  };

  private readonly keep = (): void => {
    if (!this.leaving) this.saver.keep();
  };

  // -- acts -----------------------------------------------------------------------------------------------------------

  private readonly typed = (event: Event): void => {
    if (event.target instanceof HTMLTextAreaElement && event.target.closest(".editor-fields, .source-place")) this.changed();
  };

  private readonly pressed = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-command]");
    if (!button || button.disabled) return;
    button.closest("details")?.removeAttribute("open");
    this.act(button.dataset.command ?? "");
  };

  private act(name: string): void {
    if (name === "source") this.switchSource();
    else if (name === "picture") this.fileTarget.click();
    else if (name === "link") this.askLink();
    else run(this.editor, name);
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const name = event.key.toLowerCase();
    if (name === "s") {
      event.preventDefault();
      void this.saver.save();
    } else if (name === "k" && this.editor.isFocused) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.askLink();
    }
  };

  /** Enter in the title moves to the next field: a title is one line. */
  private readonly goOn = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (event.target === this.titleTarget) this.claimTarget.focus();
    else if (this.asText) this.sourceTarget.focus();
    else this.editor.commands.focus("start");
  };

  private switchSource(): void {
    if (this.asText && !this.load(this.sourceTarget.value)) return say(this.word("not_opened"), "error");
    if (!this.asText) this.sourceTarget.value = this.markdown();
    this.showAsText(!this.asText);
    if (this.asText) {
      this.sourceTarget.dispatchEvent(new Event("input", { bubbles: true }));
      this.sourceTarget.focus();
    } else this.editor.commands.focus();
    this.refresh();
  }

  private askLink(): void {
    const field = this.linkTarget.querySelector("input");
    if (field) field.value = String(this.editor.getAttributes("link").href ?? "");
    this.linkTarget.returnValue = "";
    this.linkTarget.showModal();
    field?.select();
  }

  /** Link the selected words to the address from the dialog, or insert it as text. */
  setLink(event: Event): void {
    event.preventDefault();
    const href = this.linkTarget.querySelector("input")?.value.trim() ?? "";
    this.linkTarget.close();
    const chain = this.editor.chain().focus().extendMarkRange("link");
    if (!href) chain.unsetLink().run();
    else if (this.editor.state.selection.empty && !this.editor.isActive("link")) {
      this.editor.chain().focus().insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
    } else chain.setLink({ href }).run();
  }

  enterLink(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) this.setLink(event);
  }

  // -- pictures -------------------------------------------------------------------------------------------------------

  private pictureSettings(): Parameters<typeof pictures>[0] {
    return { send: (file) => this.upload(file), failed: (sentence) => say(sentence, "error"), waiting: this.word("uploading") };
  }

  private readonly chosen = (): void => {
    for (const file of this.fileTarget.files ?? []) void insert(this.editor.view, file, this.editor.state.selection.from, this.pictureSettings());
    this.fileTarget.value = "";
  };

  /** Report a picture of a pasted text that could not be fetched. */
  private lost(reason: string): void {
    say(reason ? `${this.word("picture_link")} ${reason}` : this.word("pictures_lost"), "error");
  }

  private fetchPicture(url: string): Promise<Sent> {
    const body = new FormData();
    body.set("url", url);
    return this.ask(this.fetchValue, body, url);
  }

  private upload(file: File): Promise<Sent> {
    const body = new FormData();
    body.set("file", file, file.name);
    return this.ask(this.uploadValue, body, file.name);
  }

  private async ask(address: string, body: FormData, name: string): Promise<Sent> {
    if (this.communityValue) body.set("community", this.communityValue);
    const headers = { "X-CSRFToken": meta("csrf-token"), Accept: "application/json" };
    let answer: Response;
    try {
      answer = await fetch(address, { method: "POST", body, headers });
    } catch {
      throw new Error(this.word("upload_failed"));
    }
    const result = (await answer.json().catch(() => ({}))) as { url?: string; name?: string; picture?: boolean; error?: string };
    if (!answer.ok || !result.url) throw new Error(result.error ?? this.word("upload_failed"));
    return { url: result.url, name: result.name ?? name, picture: result.picture ?? false };
  }

  // -- around the text
  // -------------------------------------------------------------------------------------------------

  private refresh(): void {
    if (!this.editor) return;
    for (const button of document.querySelectorAll<HTMLButtonElement>("[data-editor-bar] [data-command]")) {
      const name = button.dataset.command ?? "";
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(name === "source" ? this.asText : isOn(this.editor, name)));
      if (name !== "source") button.disabled = this.asText;
      if (button.dataset.needs === "table") button.disabled = this.asText || !inTable(this.editor);
    }
    this.nameBlock();
  }

  /** Show the block type at the caret on the menu of block types. */
  private nameBlock(): void {
    const here = ["heading2", "heading3", "codeblock"].find((name) => isOn(this.editor, name)) ?? "paragraph";
    const name = document.querySelector(`[data-editor-bar] [data-command="${here}"] .words`)?.textContent ?? "";
    for (const place of document.querySelectorAll("[data-editor-block]")) place.textContent = name;
  }

  /** Tick the parts of the guide that have text below their heading; the first empty one is next. */
  private tick(): void {
    const filled = filledHeadings(this.markdown());
    let next = true;
    for (const { element, names } of this.parts()) {
      const done = names.some((name) => filled.has(name));
      element.classList.toggle("done", done);
      element.classList.toggle("here", !done && next);
      if (!done) next = false;
    }
  }
}
