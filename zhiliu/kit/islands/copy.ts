import { Controller } from "@hotwired/stimulus";
import { copyText } from "./lib/clipboard";
import { say } from "./lib/toasts";
import { word } from "./lib/words";

/** Copies `data-copy-text-value`, or the address of the page: `data-action="copy#copy"`. */
export default class Copy extends Controller<HTMLElement> {
  static override values = { text: String };
  declare readonly textValue: string;

  async copy(event: Event): Promise<void> {
    event.preventDefault();
    if (await copyText(this.textValue || location.href)) say(word("copied"));
  }
}
