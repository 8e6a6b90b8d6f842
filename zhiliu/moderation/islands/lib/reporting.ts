import { say } from "../../../kit/islands/lib/toasts";
import { meta, word } from "../../../kit/islands/lib/words";

interface Answer {
  said?: string;
  error?: string;
}

/** Open the report form in a dialog of this page, without navigating away. */
export async function openReport(address: string): Promise<void> {
  const url = new URL(address, location.href);
  url.searchParams.set("panel", "1");
  const answer = await fetch(url).catch(() => null);
  // Signed out, or gone: the page itself shows it.
  if (!answer?.ok || answer.redirected) return location.assign(address);
  document.getElementById("report-dialog")?.remove();
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  document.body.append(holder.content);
  const dialog = document.getElementById("report-dialog");
  if (!(dialog instanceof HTMLDialogElement)) return;
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("form")?.addEventListener("submit", (event) => void sendReport(event, dialog));
  dialog.showModal();
}

async function sendReport(event: SubmitEvent, dialog: HTMLDialogElement): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const headers = { Accept: "application/json", "X-CSRFToken": meta("csrf-token") };
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers }).catch(() => null);
  const result = ((await answer?.json().catch(() => null)) ?? {}) as Answer;
  if (result.said) {
    dialog.close();
    return say(result.said);
  }
  // Re-enable the button, as after any request.
  form.dispatchEvent(new Event("htmx:finally:request"));
  say(result.error || word("failed"), "error");
}
