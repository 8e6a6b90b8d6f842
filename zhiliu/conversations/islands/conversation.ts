import { Controller } from "@hotwired/stimulus";
import { newId } from "../../kit/islands/lib/ids";
import { say } from "../../kit/islands/lib/toasts";
import { showAnswer } from "./lib/answer-note";
import { RefusedError, ask } from "./lib/asking";
import { Composer, type Reply } from "./lib/composer";
import { MessageActs } from "./lib/message-acts";
import { MessageList } from "./lib/message-list";
import { Moments } from "./lib/moments";
import { type Outgoing, Outbox } from "./lib/outbox";
import { type Marks, ReadMarks } from "./lib/read-marks";
import { ReaderPlace } from "./lib/reader-place";
import { type Changes, type Mine, type Said, carried } from "./lib/said";
import { openSheet } from "./lib/sheet";
import { ThreadBeside } from "./lib/thread-beside";
import { Tools } from "./lib/tools";
import { WaitingRows } from "./lib/waiting-rows";
import { Writers } from "./lib/writers";

const LATE = 1500;
const AGAIN = 5000;
const LEAVING = 5000;

/**
 * An open channel, or a thread on its own page. The channel's changes are numbered without gaps; the page stores the
 * last number it has applied (the cursor). The next number is applied at once and a gap is fetched: after any
 * disconnection nothing is missed or applied twice. This class connects the parts in `lib/`.
 */
export default class Conversation extends Controller<HTMLElement> {
  static override values = { channel: Number, me: Number, cursor: Number, read: Number, older: Boolean, newer: Boolean, root: Number, zone: String };
  static override targets = ["form", "tools", "sheet", "toEnd", "typing"];
  declare readonly channelValue: number;
  declare readonly meValue: number;
  declare cursorValue: number;
  declare readonly readValue: number;
  declare readonly olderValue: boolean;
  declare readonly newerValue: boolean;
  declare readonly rootValue: number;
  declare readonly zoneValue: string;
  declare readonly formTargets: HTMLFormElement[];
  declare readonly toolsTarget: HTMLElement;
  declare readonly sheetTarget: HTMLDialogElement;
  declare readonly toEndTarget: HTMLElement;
  declare readonly hasToEndTarget: boolean;
  declare readonly typingTarget: HTMLElement;
  declare readonly hasTypingTarget: boolean;

  private list!: MessageList;
  private place!: ReaderPlace;
  private beside!: ThreadBeside;
  private acts!: MessageActs;
  private rows!: WaitingRows;
  private outbox!: Outbox;
  private tools!: Tools;
  private writers!: Writers;
  private readMarks: ReadMarks | undefined;
  private own: Composer[] = [];
  private asking: Promise<void> | undefined;
  private leftAt = Number.NEGATIVE_INFINITY;
  private ending!: AbortController;
  private readonly timers: number[] = [];

  override connect(): void {
    const moments = new Moments(this.zoneValue);
    this.list = this.messageList(moments);
    this.place = this.readerPlace();
    const threadList = (holder: HTMLElement, root: number, mine: Record<string, Mine>) => new MessageList(holder, root, mine, this.meValue, moments);
    this.beside = new ThreadBeside(threadList, (form) => this.composer(form), this.threadOpened);
    this.rows = new WaitingRows(() => this.lists().map((list) => list.element));
    this.outbox = new Outbox(this.url("messages/"), `outbox-${this.meValue}-${this.channelValue}`, this.rows.draw, this.sent);
    this.acts = this.messageActs();
    this.own = this.formTargets.map((form) => this.composer(form));
    this.tools = new Tools(this.toolsTarget, this.sheetTarget, this.meValue, this.acts);
    this.writers = new Writers(this.hasTypingTarget ? this.typingTarget : undefined);
    this.readMarks = this.marksOfReaders();
    this.listen();
    this.outbox.start();
    this.place.begin();
    if (matchMedia("(pointer: fine)").matches) this.own[0]?.field.focus({ preventScroll: true });
  }

  override disconnect(): void {
    this.ending.abort();
    for (const timer of this.timers) clearTimeout(timer);
    for (const composer of this.composers()) composer.stop();
    for (const part of [this.outbox, this.tools, this.writers, this.place, this.readMarks]) part?.stop();
  }

  private listen(): void {
    this.ending = new AbortController();
    const { signal } = this.ending;
    document.addEventListener("live:message", this.heard, { signal });
    document.addEventListener("live:typing", this.someoneWrites, { signal });
    document.addEventListener("live:read", this.readElsewhere, { signal });
    document.addEventListener("live:floor", this.floorChanged, { signal });
    for (const name of ["live:inbox", "live:reset"]) document.addEventListener(name, this.askForHeld, { signal });
    for (const name of ["live:open", "live:reset"]) document.addEventListener(name, this.catchUp, { signal });
    addEventListener("online", this.catchUp, { signal });
    addEventListener("beforeunload", () => (this.leftAt = performance.now()), { signal });
    document.addEventListener("click", this.clicked, { signal });
    this.element.addEventListener("edit-last", this.editLast, { signal });
  }

  // -- parts ----------------------------------------------------------------------------------------------------------

  private messageList(moments: Moments): MessageList {
    const holder = this.element.querySelector<HTMLElement>(".messages") as HTMLElement;
    const mine = carried<Record<string, Mine>>(this.rootValue ? "thread-mine" : "conversation-mine", {});
    return new MessageList(holder, this.rootValue, mine, this.meValue, moments, { older: this.olderValue, newer: this.newerValue });
  }

  private readerPlace(): ReaderPlace {
    const doors = { messages: this.url("messages/"), mark: this.url("mark/") };
    return new ReaderPlace(this.element, this.list, doors, this.readValue, this.hasToEndTarget ? this.toEndTarget : undefined);
  }

  private marksOfReaders(): ReadMarks | undefined {
    const marks = this.rootValue ? null : carried<Marks | null>("conversation-marks", null);
    return marks ? new ReadMarks(this.list, this.channelValue, marks, (address) => void this.openForm(address)) : undefined;
  }

  private messageActs(): MessageActs {
    return new MessageActs({
      url: (rest) => this.url(rest),
      lists: () => this.lists(),
      composerOf: (article) => (article.closest(".talk-thread") && this.beside.composer) || this.composers()[0],
      openThread: (article) => this.openThread(article),
      changed: () => this.later(this.catchUp, LATE),
      leftUnread: () => this.place.leaveUnread(),
      openForm: (address) => void this.openForm(address),
    });
  }

  private composer(form: HTMLFormElement): Composer {
    const doors = { completion: this.url("completion/"), typing: this.url("typing/"), later: this.url("later/"), unsent: this.url("unsent/"), put: this.put, commands: this.url("commands/"), done: this.done };
    return new Composer(form, doors, this.channelValue);
  }

  private composers(): Composer[] {
    return this.beside.composer ? [...this.own, this.beside.composer] : this.own;
  }

  private lists(): MessageList[] {
    return this.beside.list ? [this.list, this.beside.list] : [this.list];
  }

  private url(rest: string): string {
    return `/channels/${this.channelValue}/${rest}`;
  }

  private later(act: () => void, wait: number): void {
    this.timers.push(window.setTimeout(act, wait));
  }

  // -- incoming -------------------------------------------------------------------------------------------------------

  private isHere(event: Event): boolean {
    return (event as CustomEvent<{ topic: string }>).detail.topic === `channel-${this.channelValue}`;
  }

  private readonly heard = (event: Event): void => {
    const message = (event as CustomEvent<Said>).detail;
    if (!this.isHere(event) || message.changed <= this.cursorValue) return;
    if (message.changed !== this.cursorValue + 1 || !message.html) return this.catchUp();
    this.cursorValue = message.changed;
    this.applyAll([message]);
  };

  /** A speaking turn began or ended. The server decides who may post, so reload; unsent text is in the draft. */
  private readonly floorChanged = (event: Event): void => {
    if (!this.isHere(event)) return;
    // Whoever changed it is navigating to a new page, which a reload would cancel. Only a download keeps the page here.
    const leaves = performance.now() - this.leftAt < LEAVING;
    this.later(() => location.reload(), leaves ? LEAVING : 0);
  };

  /** Fetch all changes after the cursor, in order. A call during a fetch triggers one more fetch. */
  private readonly catchUp = (): void => {
    this.asking ??= this.fetchChanges().finally(() => (this.asking = undefined));
  };

  private async fetchChanges(): Promise<void> {
    try {
      for (let more = true; more; ) {
        const changes = await ask<Changes>(this.url("messages/"), { changed: this.cursorValue });
        for (const list of this.lists()) list.remember(changes.mine);
        this.cursorValue = Math.max(this.cursorValue, changes.cursor);
        this.applyAll(changes.messages);
        more = changes.more;
        if (!more && changes.marks !== undefined) this.readMarks?.caughtUp(changes.marks);
      }
    } catch (error) {
      if (error instanceof RefusedError) return location.reload();
      this.later(this.catchUp, AGAIN);
    }
  }

  private applyAll(many: Said[]): void {
    const wasAtEnd = this.place.isAtEnd();
    let added = 0;
    for (const message of many) {
      if (this.list.apply(message)) added++;
      this.beside.list?.apply(message);
      if (message.root === null && this.list.newer) added++;
    }
    this.writers.said(many);
    this.authorsHaveRead();
    if (added) this.place.came(added, wasAtEnd);
  }

  /** Who writes has read what stands above their message. */
  private authorsHaveRead(): void {
    for (const article of this.list.articles()) this.readMarks?.hasRead(Number(article.dataset.by), Number(article.dataset.number));
    this.readMarks?.show();
  }

  private readonly someoneWrites = (event: Event): void => {
    const { by, name } = (event as CustomEvent<{ by: number; name: string }>).detail;
    if (this.isHere(event) && by !== this.meValue) this.writers.saw(by, name);
  };

  private readonly readElsewhere = (event: Event): void => {
    const { channel, read } = (event as CustomEvent<{ channel: number; read: number }>).detail;
    if (channel === this.channelValue) this.place.readElsewhere(read);
  };

  // -- outgoing -------------------------------------------------------------------------------------------------------

  private readonly put = (body: string, root: number, called: number[], files: File[], quotes?: number, unsent?: number): void => {
    const outgoing = { client: newId(), body, root, called, quotes, unsent };
    this.outbox.put(outgoing, files);
    if (!root) void this.place.goToEnd();
  };

  private readonly askForHeld = (): void => void this.rows.askForHeld(this.url("held/"));

  private readonly sent = (outgoing: Outgoing, heldBack?: string): void => {
    if (heldBack !== undefined) return this.rows.hold(outgoing, heldBack);
    // Usually the message has arrived already; on a dead stream it is fetched.
    this.later(() => {
      if (this.rows.areOnTheirWay) this.catchUp();
    }, LATE);
  };

  /** Show the result of a command to its author. */
  private readonly done = (reply: Reply, near: HTMLElement): void => {
    if (reply.said) say(reply.said);
    if (reply.go) location.assign(reply.go);
    else if (reply.sheet) void this.openForm(reply.sheet);
    else if (reply.call) void showAnswer(this.url(`commands/${reply.call}/answer/`), near, this.catchUp);
    else this.later(this.catchUp, LATE);
  };

  // -- clicks ---------------------------------------------------------------------------------------------------------

  private readonly clicked = (event: MouseEvent): void => {
    const button = (event.target as Element).closest<HTMLElement>("[data-act]");
    if (!button) return;
    const message = button.closest<HTMLElement>(".message");
    if (message) this.clickedInMessage(button, message, event);
    const composer = this.composers().find((other) => other.form.contains(button));
    const act = button.dataset.act;
    if (act === "mention") composer?.mention();
    else if (act === "stop-editing") composer?.stopEditing();
    else if (act === "stop-quoting") composer?.stopQuoting();
    else if (act === "take-other") composer?.takeOther();
    else if (act === "drop-other") composer?.dropOther();
    else if (act === "to-end") void this.place.goToEnd();
    else if (act === "again") this.outbox.again(button.dataset.client ?? "");
    else if (act === "drop") this.outbox.drop(button.dataset.client ?? "");
    else if (act === "close-thread" && this.beside.list) this.closeThread(event);
    else if (act === "sheet") this.openSheet(button as HTMLAnchorElement, event);
  };

  private clickedInMessage(button: HTMLElement, message: HTMLElement, event: Event): void {
    const act = button.dataset.act;
    if (act === "more") this.tools.open(message);
    else if (act === "thread") this.openThread(message, event);
    else if (act === "vote") void this.acts.vote(message, Number(button.dataset.option));
    else if (act === "react") this.acts.act("react", message, button.dataset.what);
  }

  private readonly editLast = (): void => {
    const last = this.list.articles().findLast((article) => article.classList.contains("own") && !article.classList.contains("gone"));
    if (last) void this.acts.edit(last);
  };

  /** Open a form of the chat over the page; opened elsewhere, its address is a page of its own. */
  private openSheet(link: HTMLAnchorElement, event: Event): void {
    event.preventDefault();
    link.closest("details")?.removeAttribute("open");
    void this.openForm(link.href);
  }

  private openForm(address: string): Promise<void> {
    return openSheet(address, (text) => {
      if (text) say(text);
      this.later(this.catchUp, LATE);
    });
  }

  // -- the thread beside the channel ----------------------------------------------------------------------------------

  private openThread(article: HTMLElement, event?: Event): void {
    // In a thread an answer is written below it.
    const here = this.rootValue ? this.own[0] : article.closest(".talk-thread") ? this.beside.composer : undefined;
    if (here) return here.field.focus();
    if (this.rootValue) return;
    const root = Number(article.dataset.root ?? article.dataset.id);
    this.beside.open(root, this.url(`threads/${root}/`), event);
  }

  /** Fetch what changed between the two pages. */
  private readonly threadOpened = (cursor: number): void => {
    this.cursorValue = Math.min(this.cursorValue, cursor);
    this.catchUp();
    this.rows.draw(this.outbox.waiting());
  };

  private closeThread(event: Event): void {
    event.preventDefault();
    this.beside.close();
    this.own[0]?.field.focus();
  }
}
