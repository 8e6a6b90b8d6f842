import { Controller } from "@hotwired/stimulus";

/**
 * The place of a text that is being written. Each answer to typing brings a proposal; it is taken over until the person
 * chooses. Without scripts the field is a plain list with the proposal of the page.
 */
export default class Place extends Controller<HTMLElement> {
  static override targets = ["field", "chosen", "proposal"];
  declare readonly fieldTarget: HTMLSelectElement;
  declare readonly chosenTarget: HTMLInputElement;

  choose(): void {
    this.chosenTarget.value = "1";
  }

  proposalTargetConnected(proposal: HTMLElement): void {
    const { slug = "", why = "" } = proposal.dataset;
    if (this.chosenTarget.value) return;
    this.fieldTarget.value = slug;
    const hint = document.getElementById(`${this.fieldTarget.id}-hint`);
    if (hint) hint.textContent = why;
  }
}
