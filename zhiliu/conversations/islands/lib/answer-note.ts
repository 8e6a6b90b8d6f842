import { icon } from "../../../kit/islands/lib/words";
import { phrase } from "./said";

interface Note {
  show(by: string, said: string): void;
  close(): void;
}

/** A note above a composer that only its reader sees: that a program is asked, and what it answered. */
export function answerNote(near: HTMLElement): Note {
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
    show(by, said) {
      const head = document.createElement("p");
      head.className = "quiet";
      head.textContent = by ? `${by} · ${phrase("onlyYou")}` : phrase("onlyYou");
      text.textContent = said;
      text.prepend(head);
    },
    close: () => note.remove(),
  };
}
