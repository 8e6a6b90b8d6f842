import { icon } from "../../../kit/islands/lib/words";
import { ask } from "./asking";
import { phrase } from "./said";

const EVERY = 500;
const TRIES = 30;

interface Answer {
  done: boolean;
  said: string;
  by: string;
}

interface Note {
  show(by: string, text: string): void;
  close(): void;
}

/**
 * Show a program's answer to a command above the composer until the reader closes it. A program has three seconds.
 * @param address returns the answer. @param toAll is called if it posted in the channel.
 */
export async function showAnswer(address: string, near: HTMLElement, toAll: () => void): Promise<void> {
  const note = answerNote(near);
  for (let tries = 0; tries < TRIES; tries++) {
    await new Promise((done) => setTimeout(done, EVERY));
    const answer = await ask<Answer>(address).catch(() => null);
    if (!answer?.done) continue;
    if (answer.said) return note.show(`/${answer.by}`, answer.said);
    toAll();
    return note.close();
  }
  note.show("", phrase("noAnswer"));
}

/** A note above a composer, visible only to its reader, about the running call and its answer. */
function answerNote(near: HTMLElement): Note {
  const note = document.createElement("div");
  note.className = "answer-note small";
  note.setAttribute("role", "status");
  const text = document.createElement("div");
  text.className = "grow pre-line";
  text.textContent = phrase("asking");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-button small";
  button.setAttribute("aria-label", phrase("close"));
  button.append(icon("x", 14));
  button.addEventListener("click", () => note.remove());
  note.append(text, button);
  near.closest("form")?.before(note);
  return {
    show(by, words) {
      const head = document.createElement("p");
      head.className = "quiet";
      head.textContent = by ? `${by} · ${phrase("onlyYou")}` : phrase("onlyYou");
      text.textContent = words;
      text.prepend(head);
    },
    close: () => note.remove(),
  };
}
