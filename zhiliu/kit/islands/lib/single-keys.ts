const OFF = "single-keys";

/** True if the reader switched single keys off on this device (WCAG 2.1.4). */
export function keysAreOff(): boolean {
  return localStorage.getItem(OFF) === "off";
}

export function switchKeys(on: boolean): void {
  localStorage.setItem(OFF, on ? "on" : "off");
}
