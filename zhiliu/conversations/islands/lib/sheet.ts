import { say } from "../../../kit/islands/lib/toasts";
import { RefusedError, send } from "./asking";
import { phrase } from "./said";

/**
 * Open the form at an address in a sheet over this page; the input survives a refusal.
 * @param done called on success, with the text to show.
 */
export async function openSheet(address: string, done: (text: string) => void): Promise<void> {
  const url = new URL(address, location.href);
  url.searchParams.set("panel", "1");
  const answer = await fetch(url).catch(() => null);
  // Signed out or no longer allowed: the page itself says so.
  if (!answer?.ok || answer.redirected) return location.assign(address);
  document.getElementById("form-sheet")?.remove();
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  document.body.append(holder.content);
  const dialog = document.getElementById("form-sheet");
  if (!(dialog instanceof HTMLDialogElement)) return;
  dialog.addEventListener("close", () => dialog.remove());
  dialog.querySelector("form")?.addEventListener("submit", (event) => void submit(event, dialog, done));
  dialog.showModal();
}

async function submit(event: SubmitEvent, dialog: HTMLDialogElement, done: (text: string) => void): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  try {
    const answer = (await send(form.action, new FormData(form))) as { said?: string } | null;
    dialog.close();
    done(answer?.said ?? "");
  } catch (error) {
    say(error instanceof RefusedError ? error.message || phrase("failed") : phrase("offline"), "error");
  } finally {
    // Re-enable the button, as after any request.
    form.dispatchEvent(new Event("htmx:finally:request"));
  }
}
