import { Controller } from "@hotwired/stimulus";
import { openReport } from "./lib/reporting";

/**
 * A link to report an object: `data-controller="report" data-action="report#open"`; without scripts it leads to the
 * page.
 */
export default class Report extends Controller<HTMLAnchorElement> {
  open(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.element.closest("details")?.removeAttribute("open");
    void openReport(this.element.href);
  }
}
