import { filesAlone } from "../../../kit/islands/lib/clipboard-files";
import { forgetDraft, forgetSame, keepDraft, readDraft } from "../../../kit/islands/lib/drafts";
import { say } from "../../../kit/islands/lib/toasts";
import { newId } from "../../../kit/islands/lib/ids";
import { icon } from "../../../kit/islands/lib/words";
import { RefusedError, send } from "./asking";
import { clock } from "./clock";
import { Completion } from "./completion";
import { countUse } from "./emoji";
import { EmojiAbove } from "./emoji-above";
import { pastedIn } from "./pasted";
import { carried, phrase } from "./said";
import { SharedDraft, type Unsent } from "./shared-draft";
import { measureFile } from "./sound-length";
import { Voice } from "./voice";

const TYPING_EVERY = 3000;

interface Doors {
  completion: string;
  commands: string;
  typing: string;
  later: string;
  /** URL of the text that waits unsent on all devices. */
  unsent?: string;
  /** Hands a message to the outbox. */
  put: (body: string, root: number, called: number[], files: File[], quotes?: number, unsent?: number) => void;
  /** Shows the result of a command; `near` is the field it was typed in. */
  done: (reply: Reply, near: HTMLElement) => void;
}

/** The result of a command: a sentence, a form or page to open, or the id of a call to a program. */
export interface Reply {
  said: string;
  sheet: string;
  go: string;
  call: number | null;
}

/** A message quoted in the next one. */
export interface Quote {
  id: number;
  who: string;
  words: string;
}

/** A command is no path: /usr/bin is text, and so is everything that starts with a space or two slashes. */
const COMMAND = /^\/[^\s/]+(\s|$)/u;

/**
 * The message composer: Enter sends (on touch the button does), Shift+Enter breaks the line, @ completes names, the
 * text is saved as a draft.
 */
export class Composer {
  readonly field: HTMLTextAreaElement;
  private readonly names: Completion;
  private readonly root: number;
  private readonly draft: string;
  private files: File[] = [];
  private typedAt = 0;
  private editing: { id: number; kept: string } | undefined;
  private quoted: Quote | undefined;
  private readonly shared: SharedDraft | undefined;
  private recording: Voice | undefined;

  constructor(
    readonly form: HTMLFormElement,
    private readonly doors: Doors,
    channel: number,
  ) {
    this.field = form.querySelector("textarea") as HTMLTextAreaElement;
    this.root = Number(form.dataset.root ?? 0);
    this.draft = `channel-${channel}-${this.root}`;
    this.names = new Completion(this.field, doors.completion, doors.commands);
    const { body, quote } = readDraft(this.draft);
    this.field.value ||= body ?? "";
    this.quoted = quote ? (JSON.parse(quote) as Quote) : undefined;
    this.showQuote();
    this.field.dispatchEvent(new Event("input"));
    form.addEventListener("submit", this.submitted);
    this.field.addEventListener("keydown", this.pressed);
    this.field.addEventListener("input", this.typed);
    this.field.addEventListener("paste", this.pasted);
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", this.dropped);
    // Enter in the time field presses the button beside it, not the first button of the form.
    form.querySelector<HTMLInputElement>("[data-due]")?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      form.requestSubmit(form.querySelector<HTMLButtonElement>("[data-own]"));
    });
    this.picker().addEventListener("change", () => this.take([...(this.picker().files ?? [])]));
    this.voice();
    this.emoji();
    this.shared = this.sharedDraft();
    addEventListener("beforeunload", this.leaving);
  }

  stop(): void {
    this.shared?.stop();
    this.recording?.cancel();
    removeEventListener("beforeunload", this.leaving);
  }

  /** Words are kept; files and recordings are lost with the page. */
  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.files.length || this.recording?.isRecording) event.preventDefault();
  };

  private sharedDraft(): SharedDraft | undefined {
    if (!this.doors.unsent) return undefined;
    const shared = new SharedDraft(this.draft, {
      url: this.doors.unsent,
      root: this.root,
      text: () => this.editing?.kept ?? this.field.value,
      put: (body) => this.show(body),
      offer: (body) => this.offer(body),
    });
    shared.take(carried<Unsent>(this.root ? "thread-unsent" : "conversation-unsent", { body: "", version: 0 }));
    return shared;
  }

  /** Show what was typed on another device. */
  private show(body: string): void {
    forgetSame(this.draft, "body", this.editing?.kept ?? this.field.value);
    if (this.editing) this.editing.kept = body;
    else this.field.value = body;
    // Nobody types here.
    this.typedAt = Date.now();
    this.field.dispatchEvent(new Event("input"));
  }

  private offer(body: string | undefined): void {
    const line = this.form.querySelector<HTMLElement>("[data-other-text]");
    if (!line) return;
    line.hidden = body === undefined;
    (line.querySelector("[data-other-words]") as HTMLElement).textContent = body ?? "";
  }

  /** Add what was typed on another device below one's own words. */
  takeOther(): void {
    const body = this.shared?.decide() ?? "";
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    this.field.focus();
    this.put(this.field.value ? `\n${body}` : body);
  }

  dropOther(): void {
    this.shared?.decide();
    this.field.focus();
  }

  private picker(): HTMLInputElement {
    return this.form.querySelector("input[type=file]") as HTMLInputElement;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (this.names.pressed(event)) return;
    // Enter that confirms a candidate of the input method never sends.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && this.editing) return this.stopEditing();
    if (event.key === "Escape" && this.quoted) return this.stopQuoting();
    if (event.key === "Escape") this.form.dispatchEvent(new CustomEvent("to-messages", { bubbles: true }));
    if (event.key === "ArrowUp" && !this.field.value && !this.root) this.form.dispatchEvent(new CustomEvent("edit-last", { bubbles: true }));
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    const byTouch = matchMedia("(pointer: coarse)").matches && !event.ctrlKey && !event.metaKey;
    if (byTouch) return;
    event.preventDefault();
    this.form.requestSubmit();
  };

  private readonly typed = (): void => {
    this.keep();
    if (!this.field.value || Date.now() - this.typedAt < TYPING_EVERY) return;
    this.typedAt = Date.now();
    void send(this.doors.typing, {}).catch(() => undefined);
  };

  private keep(): void {
    if (this.editing) return;
    keepDraft(this.draft, { body: this.field.value, ...(this.quoted && { quote: JSON.stringify(this.quoted) }) });
    this.shared?.later();
  }

  private readonly submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const body = this.field.value.trim();
    if (!body && !this.files.length) return this.field.focus();
    const called = [...this.names.chosen].filter(([name]) => body.includes(`@${name}`)).map(([, id]) => id);
    if (this.editing) return void this.change(this.editing.id, body, called);
    const due = this.dueOf(event.submitter);
    if (due !== undefined) return void this.later(body, called, due);
    if (COMMAND.test(this.field.value) && !this.files.length) return void this.command(body, called);
    this.doors.put(body, this.root, called, this.files, this.quoted?.id, this.shared?.sent());
    this.empty();
  };

  // -- commands -------------------------------------------------------------------------------------------------------

  /** The command's client id: a retry after a connection loss is the same command. */
  private asked: { body: string; client: string } | undefined;

  /** Send a command. If it is unknown or refused, it stays in the field with the reason. */
  private async command(body: string, called: number[]): Promise<void> {
    if (this.asked?.body !== body) this.asked = { body, client: newId() };
    const data = new FormData();
    data.set("line", body);
    data.set("client", this.asked.client);
    if (this.root) data.set("root", String(this.root));
    for (const id of called) data.append("called", String(id));
    try {
      const reply = (await send(this.doors.commands, data)) as Reply;
      this.asked = undefined;
      if (this.field.value.trim() === body) this.empty();
      this.doors.done(reply, this.field);
    } catch (error) {
      if (error instanceof RefusedError) this.asked = undefined;
      say(error instanceof RefusedError ? error.message || phrase("failed") : phrase("offline"), "error");
    }
  }

  // -- scheduling -----------------------------------------------------------------------------------------------------

  /** The time to send the message if a scheduling button was pressed; "" if no time was chosen. */
  private dueOf(pressed: HTMLElement | null): string | undefined {
    if (pressed instanceof HTMLButtonElement && pressed.name === "due") return pressed.value;
    if (pressed?.hasAttribute("data-own")) return this.form.querySelector<HTMLInputElement>("[data-due]")?.value ?? "";
    return undefined;
  }

  private async later(body: string, called: number[], due: string): Promise<void> {
    if (!due) return say(phrase("whenLater"), "error");
    if (this.files.length) return say(phrase("filesLater"), "error");
    if (this.quoted) return say(phrase("quotesLater"), "error");
    const data = new FormData();
    data.set("body", body);
    data.set("due", due);
    data.set("client", newId());
    if (this.root) data.set("root", String(this.root));
    for (const id of called) data.append("called", String(id));
    try {
      const { said } = (await send(this.doors.later, data)) as { said: string };
      this.form.querySelector("[data-later]")?.removeAttribute("open");
      this.empty();
      say(said);
    } catch (error) {
      say(error instanceof RefusedError ? error.message : phrase("offline"), "error");
    }
  }

  private empty(): void {
    // Another tab may have shown the same words and be closed by now.
    forgetSame(this.draft, "body", this.field.value);
    this.field.value = "";
    this.files = [];
    this.quoted = undefined;
    this.showQuote();
    this.names.chosen.clear();
    this.typedAt = 0;
    forgetDraft(this.draft);
    this.showFiles();
    this.field.dispatchEvent(new Event("input"));
    this.field.focus();
  }

  // -- quoting --------------------------------------------------------------------------------------------------------

  /** Quote a message in the next one; another quotation takes its place. */
  quote(quoted: Quote): void {
    if (this.editing) this.stopEditing();
    this.quoted = quoted;
    this.showQuote();
    this.keep();
    this.field.focus();
  }

  stopQuoting(): void {
    this.quoted = undefined;
    this.showQuote();
    this.keep();
    this.field.focus();
  }

  private showQuote(): void {
    const line = this.form.querySelector<HTMLElement>("[data-quoting]");
    if (!line) return;
    line.hidden = !this.quoted;
    const fill = (name: string, text: string): void => void (line.querySelector(`[${name}]`) as HTMLElement).replaceChildren(text);
    fill("data-quoted-author", this.quoted?.who ?? "");
    fill("data-quoted-words", this.quoted?.words ?? "");
  }

  // -- editing --------------------------------------------------------------------------------------------------------

  edit(id: number, body: string): void {
    this.editing = { id, kept: this.editing?.kept ?? this.field.value };
    this.field.value = body;
    this.line(true);
    this.field.dispatchEvent(new Event("input"));
    this.field.focus();
  }

  stopEditing(): void {
    if (!this.editing) return;
    this.field.value = this.editing.kept;
    this.editing = undefined;
    this.line(false);
    this.field.dispatchEvent(new Event("input"));
    this.field.focus();
  }

  private line(visible: boolean): void {
    const line = this.form.querySelector<HTMLElement>("[data-editing]");
    if (line) line.hidden = !visible;
  }

  private async change(id: number, body: string, called: number[]): Promise<void> {
    const data = new FormData();
    data.set("body", body);
    for (const id of called) data.append("called", String(id));
    try {
      await send(`/messages/${id}/`, data);
      this.stopEditing();
    } catch (error) {
      say(error instanceof RefusedError ? error.message : phrase("offline"), "error");
    }
  }

  // -- files and voice ------------------------------------------------------------------------------------------------

  private readonly pasted = (event: ClipboardEvent): void => {
    const files = filesAlone(event.clipboardData);
    if (files.length) {
      event.preventDefault();
      this.take(files);
      return;
    }
    const pasted = event.clipboardData && !this.isInCode() ? pastedIn(event.clipboardData) : undefined;
    if (!pasted) return;
    event.preventDefault();
    this.insert(pasted.text);
    if (pasted.files.length) this.take(pasted.files);
    if (pasted.lost) say(phrase("picturesLost"), "error");
  };

  private isInCode(): boolean {
    const before = this.field.value.slice(0, this.field.selectionStart);
    return (before.match(/^`{3,}/gm) ?? []).length % 2 === 1;
  }

  /** Insert text as if typed, so that it can be undone: browsers only have this deprecated command for it. */
  private insert(text: string): void {
    if (!text || document.execCommand("insertText", false, text)) return;
    this.put(text);
  }

  private readonly dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.take([...(event.dataTransfer?.files ?? [])]);
  };

  private take(files: File[]): void {
    this.files.push(...files);
    for (const file of files) void measureFile(file);
    this.picker().value = "";
    this.showFiles();
    this.field.focus();
  }

  private showFiles(): void {
    const list = this.form.querySelector<HTMLElement>("[data-files]");
    if (!list) return;
    list.hidden = !this.files.length;
    list.replaceChildren(...this.files.map((file) => this.fileRow(file)));
  }

  private fileRow(file: File): HTMLElement {
    const row = document.createElement("li");
    row.className = "token";
    if (file.type.startsWith("audio/")) row.append(player(file));
    else row.append(file.type.startsWith("image/") ? thumbnail(file, () => row.classList.remove("picture-token")) : file.name);
    row.classList.toggle("voice-token", file.type.startsWith("audio/"));
    row.classList.toggle("picture-token", file.type.startsWith("image/"));
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", phrase("remove", file.name));
    button.append(icon("x", 14));
    button.addEventListener("click", () => {
      this.files = this.files.filter((other) => other !== file);
      this.showFiles();
    });
    row.append(button);
    return row;
  }

  private voice(): void {
    const button = this.form.querySelector<HTMLButtonElement>('[data-act="voice"]');
    const line = this.form.querySelector<HTMLElement>("[data-recording]");
    if (!button || !line || !Voice.isPossible) return;
    button.hidden = false;
    const tell = (seconds: number | null): void => {
      line.hidden = seconds === null;
      button.classList.toggle("on", seconds !== null);
      button.setAttribute("aria-pressed", String(seconds !== null));
      if (seconds !== null) line.textContent = phrase("recording", clock(seconds));
    };
    const voice = new Voice(tell, (file) => this.take([file]));
    this.recording = voice;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => void voice.toggle().catch((error: unknown) => say(phrase(whyNoVoice(error)), "error")));
  }

  private emoji(): void {
    const button = this.form.querySelector<HTMLElement>('[data-act="emoji"]');
    if (!button) return;
    const above = new EmojiAbove(button, this.form, (sign) => {
      countUse(sign);
      // On touch the emoji stay for the next one, and no keyboard covers them.
      if (matchMedia("(pointer: coarse)").matches) return this.put(sign);
      above.close();
      this.field.focus();
      this.insert(sign);
    });
  }

  private put(text: string): void {
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    this.field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  /** Insert an @ at the caret, as if typed. */
  mention(): void {
    this.field.focus();
    this.put(" @");
  }
}

/** Why nothing is recorded: refused by the person or the company, or there is no microphone. */
function whyNoVoice(error: unknown): string {
  return error instanceof DOMException && error.name === "NotAllowedError" ? "microphoneRefused" : "noMicrophone";
}

/** A recording is heard before it is sent. */
function player(file: File): HTMLElement {
  const place = document.createElement("div");
  place.className = "voice-message";
  place.dataset.controller = "voice-message";
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", file.name);
  const audio = document.createElement("audio");
  audio.controls = true;
  audio.src = URL.createObjectURL(file);
  place.append(audio);
  return place;
}

/** A small picture of a chosen file; one the browser cannot draw becomes its name. */
function thumbnail(file: File, failed: () => void): HTMLImageElement {
  const picture = document.createElement("img");
  picture.alt = picture.title = file.name;
  picture.src = URL.createObjectURL(file);
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
  picture.addEventListener("error", () => {
    URL.revokeObjectURL(picture.src);
    picture.replaceWith(file.name);
    failed();
  });
  return picture;
}
