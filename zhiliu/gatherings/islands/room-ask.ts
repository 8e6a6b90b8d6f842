import { Controller } from "@hotwired/stimulus";

/** The question field at the foot of the room: cleared once the question has arrived. */
export default class RoomAsk extends Controller<HTMLFormElement> {
  override connect(): void {
    this.element.addEventListener("htmx:after:request", this.arrived);
  }

  override disconnect(): void {
    this.element.removeEventListener("htmx:after:request", this.arrived);
  }

  private readonly arrived = (event: Event): void => {
    const { ctx } = (event as CustomEvent<{ ctx?: { response?: { status: number } } }>).detail;
    const status = ctx?.response?.status ?? 0;
    if (status < 200 || status >= 300) return;
    const field = this.element.querySelector<HTMLInputElement>("input[name=text]");
    if (field) field.value = "";
  };
}
