import { Controller } from "@hotwired/stimulus";
import { LiveStream } from "./lib/live-stream";
import { meta } from "./lib/words";

let stream: LiveStream | undefined;

/** Subscribes the window to the server; every event `x` arrives on `document` as `live:x` with its data as detail. */
export default class Live extends Controller {
  override connect(): void {
    const url = meta("stream-url");
    if (url) stream ??= new LiveStream(url, meta("missed-url"));
  }
}
