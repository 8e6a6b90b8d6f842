import { Controller } from "@hotwired/stimulus";
import { say } from "../../kit/islands/lib/toasts";
import { openReport } from "../../moderation/islands/lib/reporting";
import { RefusedError, ask, send } from "./lib/asking";
import { Composer, type Reply } from "./lib/composer";
import { MessageList } from "./lib/message-list";
import { type Outgoing, Outbox } from "./lib/outbox";
import { answerNote } from "./lib/answer-note";
import { openSheet } from "./lib/sheet";
import { type Changes, type Mine, type Said, type Stretch, carried, phrase } from "./lib/said";
import { Tools } from "./lib/tools";

const NEAR = 700;
const BOTTOM = 80;
const TYPING_LASTS = 5000;
const LATE = 1500;
const AGAIN = 5000;
const ANSWER_EVERY = 500;
const ANSWER_TRIES = 30;
const LEAVING = 5000;

/**
 * An open channel, or a thread on its own page. Every change of the channel has a number without gaps; the page knows the last one
 * it has applied (the cursor). The next number is applied at once, a hole is fetched: after a cut of any length nothing is missed
 * and nothing seen twice.
 */
export default class Conversation extends Controller<HTMLElement> {
  static override values = { channel: Number, me: Number, cursor: Number, read: Number, older: Boolean, newer: Boolean, root: Number };
  static override targets = ["form", "tools", "sheet", "toEnd", "typing"];
  declare readonly channelValue: number;
  declare readonly meValue: number;
  declare cursorValue: number;
  declare readValue: number;
  declare readonly olderValue: boolean;
  declare readonly newerValue: boolean;
  declare readonly rootValue: number;
  declare readonly formTargets: HTMLFormElement[];
  declare readonly toolsTarget: HTMLElement;
  declare readonly sheetTarget: HTMLDialogElement;
  declare readonly toEndTarget: HTMLElement;
  declare readonly hasToEndTarget: boolean;
  declare readonly typingTarget: HTMLElement;
  declare readonly hasTypingTarget: boolean;

  private list!: MessageList;
  private thread: MessageList | undefined;
  private outbox!: Outbox;
  private tools!: Tools;
  private composers: Composer[] = [];
  private asking: Promise<void> | undefined;
  private loading = false;
  private fresh = 0;
  private reading = 0;
  private leftAt = Number.NEGATIVE_INFINITY;
  /** The reader stands at the end: whatever grows below (a card, a picture) keeps them there. */
  private keepsEnd = false;
  private readonly growth = new ResizeObserver(() => {
    if (this.keepsEnd) scrollTo({ top: document.documentElement.scrollHeight });
  });
  private readonly writing = new Map<number, { name: string; until: number }>();
  private readonly timers: number[] = [];

  override connect(): void {
    const holder = this.element.querySelector<HTMLElement>(".messages") as HTMLElement;
    const mine = carried<Record<string, Mine>>(this.rootValue ? "thread-mine" : "conversation-mine", {});
    this.list = new MessageList(holder, this.rootValue, mine, this.meValue, { older: this.olderValue, newer: this.newerValue });
    this.outbox = new Outbox(this.url("messages/"), `outbox-${this.channelValue}`, this.drawWaiting, this.sent);
    this.composers = this.formTargets.map((form) => this.composer(form));
    this.tools = new Tools(this.toolsTarget, this.sheetTarget, this.meValue, this.act);
    document.addEventListener("live:message", this.heard);
    document.addEventListener("live:typing", this.someoneWrites);
    document.addEventListener("live:read", this.readElsewhere);
    document.addEventListener("live:floor", this.floorChanged);
    document.addEventListener("live:inbox", this.askForHeld);
    for (const name of ["live:open", "live:reset"]) document.addEventListener(name, this.catchUp);
    addEventListener("online", this.catchUp);
    addEventListener("beforeunload", this.leaving);
    addEventListener("scroll", this.scrolled, { passive: true });
    document.addEventListener("visibilitychange", this.seen);
    document.addEventListener("click", this.clicked);
    this.element.addEventListener("edit-last", this.editLast);
    this.timers.push(window.setInterval(() => this.forgetWriters(), 1000));
    this.outbox.start();
    this.begin();
    this.growth.observe(holder);
  }

  override disconnect(): void {
    document.removeEventListener("live:message", this.heard);
    document.removeEventListener("live:typing", this.someoneWrites);
    document.removeEventListener("live:read", this.readElsewhere);
    document.removeEventListener("live:floor", this.floorChanged);
    document.removeEventListener("live:inbox", this.askForHeld);
    for (const name of ["live:open", "live:reset"]) document.removeEventListener(name, this.catchUp);
    removeEventListener("online", this.catchUp);
    removeEventListener("beforeunload", this.leaving);
    removeEventListener("scroll", this.scrolled);
    document.removeEventListener("visibilitychange", this.seen);
    document.removeEventListener("click", this.clicked);
    this.growth.disconnect();
    for (const timer of this.timers) clearTimeout(timer);
    this.outbox.stop();
    this.tools.stop();
  }

  private url(rest: string): string {
    return `/channels/${this.channelValue}/${rest}`;
  }

  private composer(form: HTMLFormElement): Composer {
    const doors = { completion: this.url("completion/"), typing: this.url("typing/"), later: this.url("later/"), put: this.put, commands: this.url("commands/"), done: this.done };
    return new Composer(form, doors, this.channelValue);
  }

  /** Where the reader begins: at the message asked for, at the first unread one, else at the end. */
  private begin(): void {
    const place = this.element.querySelector(".said.target") ?? document.getElementById("new-line");
    if (place) place.scrollIntoView({ block: place.id ? "start" : "center" });
    else this.toEnd();
    if (matchMedia("(pointer: fine)").matches) this.composers[0]?.field.focus({ preventScroll: true });
    void this.fill();
    this.later(() => this.seen(), 300);
  }

  private later(act: () => void, wait: number): void {
    this.timers.push(window.setTimeout(act, wait));
  }

  // -- what comes in --------------------------------------------------------------------------------------------------

  private readonly heard = (event: Event): void => {
    const said = (event as CustomEvent<Said & { topic: string }>).detail;
    if (said.topic !== `channel-${this.channelValue}` || said.changed <= this.cursorValue) return;
    if (said.changed !== this.cursorValue + 1 || !said.html) return this.catchUp();
    this.cursorValue = said.changed;
    this.applyAll([said]);
  };

  /** Somebody has the floor, or nobody any more: who may write is the server's word. What was begun waits in the draft. */
  private readonly floorChanged = (event: Event): void => {
    const { topic } = (event as CustomEvent<{ topic: string }>).detail;
    if (topic !== `channel-${this.channelValue}`) return;
    // Who changed it is on the way to a page drawn anew; a reload would break that off. Only a download keeps one here.
    const leaves = performance.now() - this.leftAt < LEAVING;
    this.timers.push(window.setTimeout(() => location.reload(), leaves ? LEAVING : 0));
  };

  private readonly leaving = (): void => {
    this.leftAt = performance.now();
  };

  /** Fetch everything after the cursor, in order; asked again while it runs, it runs once more. */
  private readonly catchUp = (): void => {
    this.asking ??= this.fetchChanges().finally(() => (this.asking = undefined));
  };

  private async fetchChanges(): Promise<void> {
    try {
      for (let more = true; more; ) {
        const found = await ask<Changes>(this.url("messages/"), { changed: this.cursorValue });
        this.list.remember(found.mine);
        this.thread?.remember(found.mine);
        this.cursorValue = Math.max(this.cursorValue, found.cursor);
        this.applyAll(found.messages);
        more = found.more;
      }
    } catch (error) {
      if (error instanceof RefusedError) return location.reload();
      this.later(this.catchUp, AGAIN);
    }
  }

  private applyAll(many: Said[]): void {
    const wasAtEnd = this.isAtEnd();
    let added = 0;
    for (const one of many) {
      if (this.list.apply(one)) added++;
      this.thread?.apply(one);
      if (one.root === null && this.list.newer) added++;
    }
    this.takeWriters(many);
    if (!added) return;
    if (wasAtEnd && !document.hidden && !this.list.newer) this.toEnd();
    else this.tellFresh(this.fresh + added);
    this.seen();
  }

  private tellFresh(count: number): void {
    this.fresh = count;
    if (!this.hasToEndTarget) return;
    const shown = count > 0 || this.list.newer;
    this.toEndTarget.hidden = !shown;
    (this.toEndTarget.lastElementChild as HTMLElement).textContent = count ? phrase("count", count) : phrase("toEnd");
  }

  private readonly someoneWrites = (event: Event): void => {
    const { topic, by, name } = (event as CustomEvent<{ topic: string; by: number; name: string }>).detail;
    if (topic !== `channel-${this.channelValue}` || by === this.meValue) return;
    this.writing.set(by, { name, until: Date.now() + TYPING_LASTS });
    this.tellWriters();
  };

  private forgetWriters(): void {
    for (const [by, one] of this.writing) if (one.until < Date.now()) this.writing.delete(by);
    this.tellWriters();
  }

  private takeWriters(many: Said[]): void {
    for (const one of many) this.writing.delete(Number(document.getElementById(`message-${one.id}`)?.dataset.by));
    this.tellWriters();
  }

  private tellWriters(): void {
    if (!this.hasTypingTarget) return;
    const names = [...this.writing.values()].map((one) => one.name);
    const words = names.length > 2 ? phrase("several") : names.length ? phrase("typing", names.join(phrase("comma"))) : "";
    if (this.typingTarget.textContent !== words) this.typingTarget.textContent = words;
  }

  // -- what goes out --------------------------------------------------------------------------------------------------

  private readonly put = (body: string, root: number, called: number[], files: File[]): void => {
    const one = { client: crypto.randomUUID(), body, root, called };
    this.outbox.put(one, files);
    if (!root) void this.goToEnd();
  };

  /** What becomes of a command for who typed it. */
  private readonly done = (reply: Reply, near: HTMLElement): void => {
    if (reply.said) say(reply.said);
    if (reply.go) location.assign(reply.go);
    else if (reply.sheet) void this.openForm(reply.sheet);
    else if (reply.call) void this.waitForAnswer(reply.call, near);
    else this.later(this.catchUp, LATE);
  };

  /** A program has three seconds; what it answers to who asked stands above their composer until they close it. */
  private async waitForAnswer(call: number, near: HTMLElement): Promise<void> {
    const note = answerNote(near);
    for (let tries = 0; tries < ANSWER_TRIES; tries++) {
      await new Promise((done) => setTimeout(done, ANSWER_EVERY));
      const found = await ask<{ done: boolean; said: string; by: string }>(this.url(`commands/${call}/answer/`)).catch(() => null);
      if (!found?.done) continue;
      if (found.said) return note.show(`/${found.by}`, found.said);
      this.catchUp();
      return note.close();
    }
    note.show("", phrase("noAnswer"));
  }

  private readonly sent = (one: Outgoing, heldBack?: string): void => {
    if (heldBack !== undefined) return this.showHeld(one, heldBack);
    // Usually the message itself is here already; on a dead stream it is fetched.
    this.later(() => {
      if (document.querySelector(".said.waiting:not(.failed, .held)")) this.catchUp();
    }, LATE);
  };

  /** It is at the server and waits for a moderator: the row stays until the message itself comes. */
  private showHeld(one: Outgoing, said: string): void {
    for (const holder of this.lists()) {
      const row = holder.querySelector<HTMLElement>(`.said.waiting[data-client="${CSS.escape(one.client)}"]`);
      row?.classList.add("held");
      const state = row?.querySelector<HTMLElement>(".message-body > p");
      if (state) state.textContent = said;
    }
  }

  /** The author is told something: was one of their messages here kept out? What was published comes by itself. */
  private readonly askForHeld = (): void => {
    const rows = document.querySelectorAll<HTMLElement>(".said.waiting.held");
    if (!rows.length) return;
    void ask<{ waiting: string[] }>(this.url("held/"))
      .then(({ waiting }) => {
        for (const row of rows) if (row.isConnected && !waiting.includes(row.dataset.client ?? "")) this.later(() => keptOut(row), LATE);
      })
      .catch(() => undefined);
  };

  private readonly drawWaiting = (waiting: Outgoing[]): void => {
    for (const holder of this.lists()) {
      const root = Number(holder.dataset.list || 0);
      const known = new Set(waiting.map((one) => one.client));
      for (const row of holder.querySelectorAll<HTMLElement>(".said.waiting:not(.held)")) {
        if (!known.has(row.dataset.client ?? "")) row.remove();
      }
      for (const one of waiting.filter((one) => one.root === root)) this.waitingRow(holder, one);
    }
  };

  private lists(): HTMLElement[] {
    return [this.list?.element, this.thread?.element].filter((one) => one !== undefined);
  }

  private waitingRow(holder: HTMLElement, one: Outgoing): void {
    let row = holder.querySelector<HTMLElement>(`.said.waiting[data-client="${CSS.escape(one.client)}"]`);
    if (!row) {
      row = document.createElement("div");
      row.className = "said waiting";
      row.dataset.client = one.client;
      holder.append(row);
      holder.querySelector(".empty-channel")?.remove();
    }
    row.classList.toggle("failed", one.refused !== undefined);
    row.replaceChildren(...waitingParts(one));
  }

  // -- where the reader is --------------------------------------------------------------------------------------------

  private isAtEnd(): boolean {
    return innerHeight + scrollY >= document.documentElement.scrollHeight - BOTTOM;
  }

  private toEnd(): void {
    this.keepsEnd = true;
    scrollTo({ top: document.documentElement.scrollHeight });
    this.tellFresh(0);
  }

  private async goToEnd(): Promise<void> {
    if (this.list.newer) {
      const found = await ask<Stretch>(this.url("messages/")).catch(() => null);
      if (!found) return;
      this.list.clear();
      this.take(found, "end");
      this.list.older = found.older;
    }
    this.toEnd();
  }

  private take(found: Stretch, where: "start" | "end"): void {
    this.list.remember(found.mine);
    if (where === "start") this.list.older = found.older;
    else this.list.newer = found.newer;
    this.list.add(found.messages, where);
  }

  private readonly scrolled = (): void => {
    void this.fill();
    this.keepsEnd = this.isAtEnd() && !this.list.newer;
    if (this.isAtEnd() && !this.list.newer) this.tellFresh(0);
    clearTimeout(this.reading);
    this.reading = window.setTimeout(this.seen, 400);
  };

  /** Fetch more on the side the reader comes near to. */
  private async fill(): Promise<void> {
    if (this.loading || this.rootValue) return;
    const up = this.list.older && scrollY < NEAR;
    const down = !up && this.list.newer && innerHeight + scrollY > document.documentElement.scrollHeight - NEAR;
    if (!up && !down) return;
    this.loading = true;
    try {
      const side: Record<string, number> = up ? { before: this.list.first() } : { after: this.list.last() };
      this.take(await ask<Stretch>(this.url("messages/"), side), up ? "start" : "end");
    } catch {
      // The line is down: the next scroll asks again.
    } finally {
      this.loading = false;
    }
  }

  /** Messages whose end is in the window are read; told once in a while, never while the window is in the back. */
  private readonly seen = (): void => {
    if (document.hidden || this.rootValue) return;
    const edge = innerHeight - (this.element.querySelector(".composer-place")?.getBoundingClientRect().height ?? 0);
    const shown = this.list.articles().filter((one) => one.getBoundingClientRect().bottom <= edge + 4);
    const number = Math.max(0, ...shown.map((one) => Number(one.dataset.number)));
    if (number <= this.readValue) return;
    this.readValue = number;
    void send(this.url("mark/"), { number }).catch(() => undefined);
  };

  private readonly readElsewhere = (event: Event): void => {
    const { channel, read } = (event as CustomEvent<{ channel: number; read: number }>).detail;
    if (channel === this.channelValue) this.readValue = read;
  };

  // -- acts -----------------------------------------------------------------------------------------------------------

  private readonly clicked = (event: MouseEvent): void => {
    const button = (event.target as Element).closest<HTMLElement>("[data-act]");
    if (!button) return;
    const act = button.dataset.act ?? "";
    if (act === "mention") this.composers.find((one) => one.form.contains(button))?.mention();
    else if (act === "stop-editing") this.composers.find((one) => one.form.contains(button))?.stopEditing();
    else if (act === "to-end") void this.goToEnd();
    else if (act === "again") this.outbox.again(button.dataset.client ?? "");
    else if (act === "drop") this.outbox.drop(button.dataset.client ?? "");
    else if (act === "close-thread" && this.thread) this.closeThread(event);
    else if (act === "thread" && button.closest(".message")) this.openThread(button.closest<HTMLElement>(".message") as HTMLElement, event);
    else if (act === "vote" && button.closest(".message")) void this.vote(button.closest<HTMLElement>(".message") as HTMLElement, Number(button.dataset.option));
    else if (act === "sheet") this.openSheet(button as HTMLAnchorElement, event);
    else if (act === "react" && button.closest(".message")) this.act("react", button.closest<HTMLElement>(".message") as HTMLElement, button.dataset.what);
  };

  /** What the tools of a message do. */
  private readonly act = (name: string, article: HTMLElement, what = ""): void => {
    const id = Number(article.dataset.id);
    if (name === "thread") this.openThread(article);
    else if (name === "react") void this.react(article, id, what);
    else if (name === "bookmark") void this.toggle(article, id, "bookmark", article.hasAttribute("data-kept"));
    else if (name === "pin") void this.tell(`/messages/${id}/pin/`, article.hasAttribute("data-pinned") ? { off: 1 } : {});
    else if (name === "withdraw") void this.tell(`/messages/${id}/withdrawal/`, {});
    else if (name === "end-poll") void this.tell(`/messages/${id}/poll/closing/`, {});
    else if (name === "edit") void this.edit(article, id);
    else if (name === "report") void openReport(`/moderation/reports/new/?kind=message&id=${id}`);
    else if (name === "turn") location.assign(this.url(`turning/${id}/`));
    else if (name === "copy-link") void this.copyLink(article);
    else if (name === "unread") void this.unreadFrom(article);
  };

  private async tell(address: string, values: Record<string, string | number>): Promise<boolean> {
    try {
      await send(address, values);
      this.later(this.catchUp, LATE);
      return true;
    } catch (error) {
      say(error instanceof RefusedError ? error.message || phrase("failed") : phrase("offline"), "error");
      return false;
    }
  }

  private mineOf(id: number): Mine {
    const list = this.thread?.element.querySelector(`#message-${id}`) ? this.thread : this.list;
    return (list.mine[id] ??= {});
  }

  private async react(article: HTMLElement, id: number, what: string): Promise<void> {
    const mine = this.mineOf(id);
    const was = mine.reactions ?? [];
    const off = was.includes(what);
    // Shown at once; taken back when the server says no.
    mine.reactions = off ? was.filter((one) => one !== what) : [...was, what];
    this.dress(article);
    if (!(await this.tell(`/messages/${id}/reactions/`, off ? { what, off: 1 } : { what }))) {
      mine.reactions = was;
      this.dress(article);
    }
  }

  private async vote(article: HTMLElement, option: number): Promise<void> {
    const id = Number(article.dataset.id);
    const mine = this.mineOf(id);
    const was = mine.vote;
    // Shown at once; the counts come with the change of the message.
    mine.vote = option;
    this.dress(article);
    if (await this.tell(`/messages/${id}/ballot/`, { option })) return;
    mine.vote = was;
    const shown = document.getElementById(`message-${id}`);
    if (shown) this.dress(shown);
  }

  /** A form that is part of talking, over the page; its address is a page of its own for who opens it elsewhere. */
  private openSheet(link: HTMLAnchorElement, event: Event): void {
    event.preventDefault();
    link.closest("details")?.removeAttribute("open");
    void this.openForm(link.href);
  }

  private openForm(address: string): Promise<void> {
    return openSheet(address, (said) => {
      if (said) say(said);
      this.later(this.catchUp, LATE);
    });
  }

  private async toggle(article: HTMLElement, id: number, name: "bookmark", off: boolean): Promise<void> {
    if (!(await this.tell(`/messages/${id}/${name}/`, off ? { off: 1 } : {}))) return;
    this.mineOf(id).bookmark = !off;
    this.dress(article);
    say(phrase(off ? "notKept" : "kept"));
  }

  private dress(article: HTMLElement): void {
    for (const list of [this.list, this.thread]) if (list?.element.contains(article)) list.dress(article);
  }

  private async edit(article: HTMLElement, id: number): Promise<void> {
    const { body } = await ask<{ body: string }>(`/messages/${id}/source/`).catch(() => ({ body: "" }));
    const inThread = article.closest(".talk-thread");
    const composer = this.composers.find((one) => Boolean(one.form.closest(".talk-thread")) === Boolean(inThread)) ?? this.composers[0];
    if (body) composer?.edit(id, body);
  }

  private readonly editLast = (): void => {
    const own = this.list.articles().filter((one) => one.classList.contains("own") && !one.classList.contains("gone"));
    const last = own.at(-1);
    if (last) void this.edit(last, Number(last.dataset.id));
  };

  private async copyLink(article: HTMLElement): Promise<void> {
    const link = article.querySelector<HTMLAnchorElement>("a.stamp");
    if (!link) return;
    await navigator.clipboard.writeText(link.href).catch(() => undefined);
    say(phrase("copied"));
  }

  private async unreadFrom(article: HTMLElement): Promise<void> {
    const number = Number(article.dataset.number);
    if (!(await this.tell(this.url("mark/"), { number, unread: 1 }))) return;
    // Not read again by looking at it: only what comes after this moment counts.
    this.readValue = Number.MAX_SAFE_INTEGER;
    say(phrase("markedUnread"));
  }

  // -- thread beside the channel ----------------------------------------------------------------------------------------

  private openThread(article: HTMLElement, event?: Event): void {
    const side = document.querySelector<HTMLElement>(".page > .side");
    const root = Number(article.dataset.root ?? article.dataset.id);
    const address = this.url(`threads/${root}/`);
    if (this.rootValue) return;
    if (!side || !matchMedia("(min-width: 1100px)").matches) {
      if (!event || !(event.target as Element).closest("a")) location.assign(address);
      return;
    }
    event?.preventDefault();
    void this.fetchThread(side, address, root);
  }

  private async fetchThread(side: HTMLElement, address: string, root: number): Promise<void> {
    const answer = await fetch(`${address}?panel=1`).catch(() => null);
    if (!answer?.ok || answer.redirected) return say(phrase("offline"), "error");
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    side.replaceChildren(holder.content);
    const section = side.querySelector<HTMLElement>(".talk-thread");
    const list = section?.querySelector<HTMLElement>(".messages");
    if (!section || !list) return;
    this.thread = new MessageList(list, root, carried<Record<string, Mine>>("thread-mine", {}), this.meValue);
    // What changed between the two pages.
    if (Number(section.dataset.cursor) < this.cursorValue) this.cursorValue = Number(section.dataset.cursor);
    this.catchUp();
    const form = section.querySelector<HTMLFormElement>("form.composer");
    this.composers = this.composers.slice(0, 1);
    if (form) {
      this.composers.push(this.composer(form));
      this.composers.at(-1)?.field.focus();
    }
    this.drawWaiting(this.outbox.waiting());
  }

  private closeThread(event: Event): void {
    event.preventDefault();
    document.querySelector(".page > .side")?.replaceChildren();
    this.thread = undefined;
    this.composers = this.composers.slice(0, 1);
    this.composers[0]?.field.focus();
  }
}

function waitingParts(one: Outgoing): HTMLElement[] {
  const message = document.createElement("article");
  message.className = one.refused === undefined ? "message" : "message failed";
  const face = document.createElement("span");
  face.className = "avatar s36 rest";
  face.setAttribute("aria-hidden", "true");
  const body = document.createElement("div");
  body.className = "message-body";
  const text = document.createElement("div");
  text.className = "text pre-line";
  text.textContent = one.body;
  const state = document.createElement("p");
  state.className = one.refused === undefined ? "small quiet" : "again";
  state.textContent = one.refused === undefined ? phrase("waiting") : `${phrase("failed")}${phrase("colon")}${one.refused} `;
  body.append(text, state);
  if (one.refused !== undefined) state.append(act("again", one), " ", act("drop", one));
  message.append(face, body);
  return [message];
}

/** Nobody but its author sees that it was there; the record tells why. */
function keptOut(row: HTMLElement): void {
  const state = row.querySelector<HTMLElement>(".message-body > p");
  if (!row.isConnected || !state) return;
  const link = document.createElement("a");
  link.className = "link";
  link.href = "/moderation/mine/";
  link.textContent = phrase("why");
  state.replaceChildren(phrase("notPublished"), " ", link);
}

function act(name: "again" | "drop", one: Outgoing): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button";
  button.dataset.act = name;
  button.dataset.client = one.client;
  button.textContent = phrase(name);
  return button;
}
