import { say } from "../../../kit/islands/lib/toasts";
import type { Composer } from "./composer";
import type { MessageList } from "./message-list";
import { type Mine, carried, phrase } from "./said";

const WIDE = "(min-width: 1100px)";

/** A thread in the column beside the channel; without room for it, its own page is opened. */
export class ThreadBeside {
  list: MessageList | undefined;
  composer: Composer | undefined;

  /**
   * @param listOf makes the message list. @param compose makes the composer of a form. @param opened gets the change
   * the thread was rendered at.
   */
  constructor(
    private readonly listOf: (holder: HTMLElement, root: number, mine: Record<string, Mine>) => MessageList,
    private readonly compose: (form: HTMLFormElement) => Composer,
    private readonly opened: (cursor: number) => void,
  ) {}

  /** @param event of the click, whose default leads to the thread's page. */
  open(root: number, address: string, event?: Event): void {
    const side = column();
    if (side && matchMedia(WIDE).matches) {
      event?.preventDefault();
      void this.fetch(side, root, address);
    } else if (!(event?.target as Element | undefined)?.closest("a")) location.assign(address);
  }

  private async fetch(side: HTMLElement, root: number, address: string): Promise<void> {
    const answer = await fetch(`${address}?panel=1`).catch(() => null);
    if (!answer?.ok || answer.redirected) return say(phrase("offline"), "error");
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    this.composer?.stop();
    side.replaceChildren(holder.content);
    const section = side.querySelector<HTMLElement>(".talk-thread");
    const list = section?.querySelector<HTMLElement>(".messages");
    if (!section || !list) return;
    this.list = this.listOf(list, root, carried("thread-mine", {}));
    const form = section.querySelector<HTMLFormElement>("form.composer");
    this.composer = form ? this.compose(form) : undefined;
    this.composer?.field.focus();
    this.opened(Number(section.dataset.cursor));
  }

  close(): void {
    this.composer?.stop();
    column()?.replaceChildren();
    this.list = this.composer = undefined;
  }
}

function column(): HTMLElement | null {
  return document.querySelector<HTMLElement>(".page > .side");
}
