/** Browsers write recordings without their length; a jump far behind the end makes them look for it. */
const FAR = 1e10;
const LONGEST_WAIT = 4000;
const lengths = new WeakMap<File, number>();

/** Return the length in seconds of a file that was measured, for the server; "" for other files. */
export function secondsOf(file: File): string {
  const length = lengths.get(file);
  return length ? String(Math.max(1, Math.floor(length))) : "";
}

/** Measure a chosen file, if it is a recording. */
export async function measureFile(file: File): Promise<void> {
  if (!file.type.startsWith("audio/")) return;
  const address = URL.createObjectURL(file);
  const length = await lengthOf(new Audio(address));
  URL.revokeObjectURL(address);
  if (length) lengths.set(file, length);
}

/** Return the length of a sound in seconds, or 0 where the browser cannot tell it. */
export function lengthOf(audio: HTMLAudioElement): Promise<number> {
  return new Promise((resolve) => {
    const finish = (length: number): void => {
      clearTimeout(timer);
      ending.abort();
      resolve(length);
    };
    const ending = new AbortController();
    const timer = window.setTimeout(() => finish(0), LONGEST_WAIT);
    const look = (): void => {
      if (Number.isFinite(audio.duration)) finish(audio.duration);
      else if (audio.duration === Infinity && audio.currentTime < FAR) audio.currentTime = FAR;
    };
    for (const name of ["loadedmetadata", "durationchange"]) audio.addEventListener(name, look, { signal: ending.signal });
    audio.addEventListener("error", () => finish(0), { signal: ending.signal });
    audio.preload = "metadata";
    if (audio.readyState > 0) look();
    else audio.load();
  });
}
