import { Controller } from "@hotwired/stimulus";

/** Highlights the section being read in `<nav class="contents" data-controller="contents">`. */
export default class Contents extends Controller<HTMLElement> {
  private watcher: IntersectionObserver | undefined;

  override connect(): void {
    this.watcher = new IntersectionObserver(() => this.mark(), { rootMargin: "-70px 0px -60% 0px", threshold: [0, 1] });
    for (const { heading } of this.entries()) this.watcher.observe(heading);
    this.mark();
  }

  override disconnect(): void {
    this.watcher?.disconnect();
  }

  private entries(): { link: HTMLAnchorElement; heading: HTMLElement }[] {
    const links = [...this.element.querySelectorAll<HTMLAnchorElement>("a[href^='#']")];
    return links.flatMap((link) => {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      return heading ? [{ link, heading }] : [];
    });
  }

  /** Mark the last heading above the upper third of the window. */
  private mark(): void {
    const entries = this.entries();
    const passed = entries.filter(({ heading }) => heading.getBoundingClientRect().top < innerHeight / 3);
    const current = passed.at(-1) ?? entries[0];
    for (const { link } of entries) {
      if (link === current?.link) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}
