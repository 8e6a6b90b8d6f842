import { phrase } from "./said";

const A_DAY = 86_400_000;

/**
 * Times in the server's words (`kit/templatetags/ui_time.py`) and in the reader's time zone. Live messages are rendered
 * once for all readers with the company's clock, and rewritten for readers in other zones.
 */
export class Moments {
  private readonly clock: Intl.DateTimeFormat;
  private readonly names = {
    month: new Intl.DateTimeFormat(document.documentElement.lang, { month: "short", timeZone: "UTC" }),
    weekday: new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" }),
  };

  /** @param zone of the reader, as in "Asia/Shanghai". */
  constructor(zone: string) {
    this.clock = clockOf(zone);
  }

  /** Day and time in the reader's zone: 2026-11-29T17:35. */
  private there(moment: number): string {
    return this.clock.format(moment).replace(" ", "T");
  }

  /** Rewrite a message's times as the server would for this reader; words already written for them stay. */
  rewrite(article: HTMLElement): void {
    article.dataset.day = this.there(Number(article.dataset.moment) * 1000).slice(0, 10);
    for (const time of article.querySelectorAll<HTMLTimeElement>("time[title]")) {
      const there = this.there(Date.parse(time.dateTime));
      // The attribute is in the zone the words were written for.
      if (!time.dateTime.startsWith(there)) this.write(time, there);
    }
  }

  private write(time: HTMLTimeElement, there: string): void {
    const [day = "", clock = ""] = there.split("T");
    const isClock = /^\d\d:\d\d$/.test(time.textContent ?? "");
    time.title = `${this.filled("fullDay", day)} ${clock}`;
    if (isClock) time.textContent = clock;
    // Words like "26 min" are the same everywhere; only what follows them differs.
    else if (time.dataset.relativeTimeLaterValue !== undefined) time.dataset.relativeTimeLaterValue = this.later(day, clock);
    else time.textContent = this.later(day, clock);
  }

  private later(day: string, clock: string): string {
    return [0, 1].includes(this.daysAway(day)) ? `${this.day(day)} ${clock}` : this.day(day);
  }

  /** A day in words: today, yesterday, tomorrow, otherwise the date, with the year if it is another one. */
  day(day: string): string {
    const near = { "-1": "yesterday", "0": "today", "1": "tomorrow" }[this.daysAway(day)];
    if (near) return phrase(near);
    return this.filled(day.slice(0, 4) === this.today().slice(0, 4) ? "nearDay" : "farDay", day);
  }

  private today(): string {
    return this.there(Date.now()).slice(0, 10);
  }

  private daysAway(day: string): number {
    return (Date.parse(day) - Date.parse(this.today())) / A_DAY;
  }

  private filled(pattern: string, day: string): string {
    const at = new Date(day);
    const parts: Record<string, string | number> = {
      year: at.getUTCFullYear(),
      month: this.names.month.format(at),
      day: at.getUTCDate(),
      weekday: this.names.weekday.format(at),
    };
    return phrase(pattern).replace(/%\((\w+)\)s/g, (_all, name: string) => String(parts[name]));
  }
}

function clockOf(zone: string): Intl.DateTimeFormat {
  // The Swedish format equals ISO: 2026-11-29 17:35.
  const form = { dateStyle: "short", timeStyle: "short" } as const;
  try {
    return new Intl.DateTimeFormat("sv-SE", { ...form, timeZone: zone });
  } catch {
    // A zone this browser does not know.
    return new Intl.DateTimeFormat("sv-SE", form);
  }
}
