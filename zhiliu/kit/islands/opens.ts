import { Controller } from "@hotwired/stimulus";

/**
 * A button that opens a dialog, in place of the one it stands in: `data-controller="opens" data-action="opens#open"
 * data-opens-id-value="archive"`. Without the dialog a link leads where it leads.
 */
export default class Opens extends Controller<HTMLElement> {
  static override values = { id: String };
  declare readonly idValue: string;

  open(event: Event): void {
    const dialog = document.getElementById(this.idValue);
    if (!(dialog instanceof HTMLDialogElement)) return;
    event.preventDefault();
    this.element.closest("details")?.removeAttribute("open");
    this.element.closest("dialog")?.close();
    dialog.showModal();
    dialog.dispatchEvent(new Event("opened"));
  }
}
