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
      const known = new Set(waiting.map((one) => one.client));
      for (const row of holder.querySelectorAll<HTMLElement>(".said.waiting:not(.held)")) {
        if (!known.has(row.dataset.client ?? "")) row.remove();
      }
      for (const one of waiting.filter((one) => one.root === root)) this.show(holder, one);
    }
  };

  private show(holder: HTMLElement, one: Outgoing): void {
    let row = rowOf(holder, one);
    if (!row) {
      row = document.createElement("div");
      row.className = "said waiting";
      row.dataset.client = one.client;
      holder.append(row);
      holder.querySelector(".empty-channel")?.remove();
    }
    row.classList.toggle("failed", one.refused !== undefined);
    row.replaceChildren(drawn(one));
  }

  /** Whether a message is still shown as being sent. */
  get areOnTheirWay(): boolean {
    return document.querySelector(".said.waiting:not(.failed, .held)") !== null;
  }

  /** Mark a row as held for review; it stays until the message itself arrives. */
  hold(one: Outgoing, said: string): void {
    for (const holder of this.lists()) {
      const row = rowOf(holder, one);
      row?.classList.add("held");
      const state = row?.querySelector<HTMLElement>(".message-body > p");
      if (state) state.textContent = said;
    }
  }

  /** After a notification, check whether a held message here was rejected. Published ones arrive by themselves. */
  async askForHeld(address: string): Promise<void> {
    const rows = document.querySelectorAll<HTMLElement>(".said.waiting.held");
    if (!rows.length) return;
    const found = await ask<{ waiting: string[] }>(address).catch(() => undefined);
    if (!found) return;
    for (const row of rows) if (row.isConnected && !found.waiting.includes(row.dataset.client ?? "")) setTimeout(() => keptOut(row), LATE);
  }
}

function rowOf(holder: HTMLElement, one: Outgoing): HTMLElement | null {
  return holder.querySelector<HTMLElement>(`.said.waiting[data-client="${CSS.escape(one.client)}"]`);
}

function drawn(one: Outgoing): HTMLElement {
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
  body.append(text, stateOf(one));
  message.append(face, body);
  return message;
}

function stateOf(one: Outgoing): HTMLElement {
  const state = document.createElement("p");
  state.className = one.refused === undefined ? "small quiet" : "again";
  state.textContent = one.refused === undefined ? phrase("waiting") : `${phrase("failed")}${phrase("colon")}${one.refused} `;
  if (one.refused !== undefined) state.append(button("again", one), " ", button("drop", one));
  return state;
}

function button(act: "again" | "drop", one: Outgoing): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link-button";
  made.dataset.act = act;
  made.dataset.client = one.client;
  made.textContent = phrase(act);
  return made;
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
