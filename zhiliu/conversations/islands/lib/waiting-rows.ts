import { ask } from "./asking";
import type { Outgoing } from "./outbox";
import { phrase } from "./said";

const LATE = 1500;

/** The rows of one's own messages that nobody else sees: being sent, refused, or held for review. */
export class WaitingRows {
  /** @param lists hold the rows: the channel, and the thread beside it. */
  constructor(private readonly lists: () => HTMLElement[]) {}

  readonly draw = (waiting: Outgoing[]): void => {
    for (const holder of this.lists()) {
      const root = Number(holder.dataset.list || 0);
      const clients = new Set(waiting.map((outgoing) => outgoing.client));
      for (const row of holder.querySelectorAll<HTMLElement>(".said.waiting:not(.held)")) {
        if (!clients.has(row.dataset.client ?? "")) row.remove();
      }
      for (const outgoing of waiting.filter((outgoing) => outgoing.root === root)) this.show(holder, outgoing);
    }
  };

  private show(holder: HTMLElement, outgoing: Outgoing): void {
    let row = rowOf(holder, outgoing);
    if (!row) {
      row = document.createElement("div");
      row.className = "said waiting";
      row.dataset.client = outgoing.client;
      holder.append(row);
      holder.querySelector(".empty-channel")?.remove();
    }
    row.classList.toggle("failed", outgoing.refused !== undefined);
    row.replaceChildren(drawn(outgoing));
  }

  /** Whether a message is still shown as being sent. */
  get areOnTheirWay(): boolean {
    return document.querySelector(".said.waiting:not(.failed, .held)") !== null;
  }

  /** Mark a row as held for review; it stays until the message itself arrives. */
  hold(outgoing: Outgoing, reason: string): void {
    for (const holder of this.lists()) {
      const row = rowOf(holder, outgoing);
      row?.classList.add("held");
      const state = row?.querySelector<HTMLElement>(".message-body > p");
      if (state) state.textContent = reason;
    }
  }

  /** After a notification, check whether a held message here was rejected. Published ones arrive by themselves. */
  async askForHeld(address: string): Promise<void> {
    const rows = document.querySelectorAll<HTMLElement>(".said.waiting.held");
    if (!rows.length) return;
    const answer = await ask<{ waiting: string[] }>(address).catch(() => undefined);
    if (!answer) return;
    for (const row of rows) if (row.isConnected && !answer.waiting.includes(row.dataset.client ?? "")) setTimeout(() => keptOut(row), LATE);
  }
}

function rowOf(holder: HTMLElement, outgoing: Outgoing): HTMLElement | null {
  return holder.querySelector<HTMLElement>(`.said.waiting[data-client="${CSS.escape(outgoing.client)}"]`);
}

function drawn(outgoing: Outgoing): HTMLElement {
  const message = document.createElement("article");
  message.className = outgoing.refused === undefined ? "message" : "message failed";
  const face = document.createElement("span");
  face.className = "avatar s36 rest";
  face.setAttribute("aria-hidden", "true");
  const body = document.createElement("div");
  body.className = "message-body";
  const text = document.createElement("div");
  text.className = "text pre-line";
  text.textContent = outgoing.body;
  body.append(text, stateOf(outgoing));
  message.append(face, body);
  return message;
}

function stateOf(outgoing: Outgoing): HTMLElement {
  const state = document.createElement("p");
  state.className = outgoing.refused === undefined ? "small quiet" : "again";
  state.textContent = outgoing.refused === undefined ? phrase("waiting") : `${phrase("failed")}${phrase("colon")}${outgoing.refused} `;
  if (outgoing.refused !== undefined) state.append(button("again", outgoing), " ", button("drop", outgoing));
  return state;
}

function button(act: "again" | "drop", outgoing: Outgoing): HTMLElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "link-button";
  element.dataset.act = act;
  element.dataset.client = outgoing.client;
  element.textContent = phrase(act);
  return element;
}

/** Only its author sees the row; the moderation record gives the reason. */
function keptOut(row: HTMLElement): void {
  const state = row.querySelector<HTMLElement>(".message-body > p");
  if (!row.isConnected || !state) return;
  const link = document.createElement("a");
  link.className = "link";
  link.href = "/moderation/mine/";
  link.textContent = phrase("why");
  state.replaceChildren(phrase("notPublished"), " ", link);
}
