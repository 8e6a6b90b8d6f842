import { Controller } from "@hotwired/stimulus";
import type { SortableEvent } from "sortablejs";

/**
 * A list sorted by dragging the handles of its rows, with mouse or finger; buttons in the rows do the same by keyboard.
 *
 *     <ol data-controller="sort-list"><li><span data-sort-handle>…</span> … <form data-sort-form method="post"
 *     action="…">…</form></li></ol>
 *
 * The form of the moved row is sent with `place`, counted from 1. The list of the same id in the response replaces this
 * one, so that the reader sees the stored order; without a response the old order is restored.
 */
export default class SortList extends Controller<HTMLElement> {
  private sortable: { destroy(): void } | undefined;

  override async connect(): Promise<void> {
    const { default: Sortable } = await import("sortablejs");
    if (!this.element.isConnected) return;
    this.sortable = Sortable.create(this.element, {
      handle: "[data-sort-handle]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      ghostClass: "sort-ghost",
      onEnd: (event) => void this.dropped(event),
    });
  }

  override disconnect(): void {
    this.sortable?.destroy();
  }

  private async dropped(event: SortableEvent): Promise<void> {
    const form = event.item.querySelector<HTMLFormElement>("form[data-sort-form]");
    if (!form || event.newIndex === undefined || event.newIndex === event.oldIndex) return;
    const body = new FormData(form);
    body.set("place", String(event.newIndex + 1));
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => undefined);
    const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
    const fresh = page?.getElementById(this.element.id);
    if (fresh) this.element.replaceWith(document.importNode(fresh, true));
    else location.reload();
  }
}
