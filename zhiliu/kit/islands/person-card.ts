import { Controller } from "@hotwired/stimulus";

const WAIT = 300; // before it opens, in ms
const LINGER = 250; // after the pointer left, so that it can move into the card, in ms
const EDGE = 8;

/**
 * A card beside a person's name, wherever the name links to their profile: after a moment of hover or keyboard focus.
 * One element serves the page; answers of `<profile>card/` are cached for the life of the page. Devices without hover
 * get the link only. The page frame carries it: `data-person-card-profiles-value` is the address below which profiles
 * are.
 */
export default class PersonCard extends Controller<HTMLElement> {
  static override values = { profiles: String };
  declare readonly profilesValue: string;

  private readonly known = new Map<string, Promise<string>>();
  private card: HTMLElement | undefined;
  private link: HTMLAnchorElement | undefined;
  private timer = 0;
  private quiet = false; // the focus returns to the link: open no new card

  override connect(): void {
    if (!this.profilesValue || !("popover" in HTMLElement.prototype) || !matchMedia("(hover: hover)").matches) return;
    document.addEventListener("pointermove", this.moved, { passive: true });
    document.addEventListener("focusin", this.focused);
    document.addEventListener("keydown", this.pressed, true);
    document.addEventListener("pointerdown", this.elsewhere);
    document.addEventListener("scroll", this.close, { passive: true, capture: true });
  }

  override disconnect(): void {
    document.removeEventListener("pointermove", this.moved);
    document.removeEventListener("focusin", this.focused);
    document.removeEventListener("keydown", this.pressed, true);
    document.removeEventListener("pointerdown", this.elsewhere);
    document.removeEventListener("scroll", this.close, { capture: true });
    this.close();
    this.card?.remove();
  }

  // -- when -----------------------------------------------------------------------------------------------------------

  private readonly moved = (event: PointerEvent): void => {
    if (event.pointerType === "touch") return;
    const target = event.target as Element;
    if (this.card?.contains(target)) return this.stay();
    const link = this.personLink(target);
    if (link && within(link, event)) this.soon(link);
    else if (!this.card?.contains(document.activeElement) && document.activeElement !== this.link) this.leaveSoon();
  };

  private readonly focused = (event: FocusEvent): void => {
    const target = event.target as Element;
    if (this.quiet || this.card?.contains(target)) return;
    const link = this.personLink(target);
    if (link && link.matches(":focus-visible")) this.soon(link);
    else if (this.isOpen()) this.close();
  };

  private readonly elsewhere = (event: Event): void => {
    if (!this.card?.contains(event.target as Node)) this.close();
  };

  /** Esc closes; Tab goes from the name into the card, and from the card to what follows the name. */
  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && this.isOpen()) {
      event.stopPropagation();
      this.back();
      this.close();
    }
    if (event.key !== "Tab" || !this.isOpen() || !this.card) return;
    const acts = [...this.card.querySelectorAll<HTMLElement>("a, button")];
    const at = acts.indexOf(document.activeElement as HTMLElement);
    if (document.activeElement === this.link && !event.shiftKey) {
      event.preventDefault();
      acts[0]?.focus();
    } else if (at === 0 && event.shiftKey) {
      event.preventDefault();
      this.back();
    } else if (at >= 0 && at === acts.length - 1 && !event.shiftKey) {
      this.back(); // the browser continues from there
      this.close();
    }
  };

  private back(): void {
    if (!this.card?.contains(document.activeElement)) return;
    this.quiet = true;
    this.link?.focus();
    this.quiet = false;
  }

  private personLink(target: Element): HTMLAnchorElement | undefined {
    const link = target.closest<HTMLAnchorElement>("a[href]");
    if (!link || link.origin !== location.origin || link.pathname === location.pathname) return undefined;
    if (link.closest(".rail, .menu, .crumb, .phone-bar, .card-place, .palette")) return undefined;
    const rest = link.pathname.startsWith(this.profilesValue) ? link.pathname.slice(this.profilesValue.length) : "";
    return /^[\w-]+\/$/.test(rest) ? link : undefined;
  }

  private soon(link: HTMLAnchorElement): void {
    if (link === this.link) return this.isOpen() ? this.stay() : undefined;
    this.close();
    this.link = link;
    this.timer = window.setTimeout(() => void this.open(link), WAIT);
  }

  private stay(): void {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  private leaveSoon(): void {
    if (!this.link) return;
    if (!this.isOpen()) return this.close();
    if (!this.timer) this.timer = window.setTimeout(() => this.close(), LINGER);
  }

  // -- what -----------------------------------------------------------------------------------------------------------

  private async open(link: HTMLAnchorElement): Promise<void> {
    this.timer = 0;
    const html = await this.fetch(`${link.pathname}card/`);
    if (!html || this.link !== link || !link.isConnected) return;
    this.card ??= this.build();
    this.card.replaceChildren(document.createRange().createContextualFragment(html));
    this.card.setAttribute("aria-label", this.card.querySelector("article")?.getAttribute("aria-label") ?? "");
    this.card.showPopover();
    link.setAttribute("aria-details", this.card.id);
    this.place(link);
  }

  /** Return the response, or '' if there is none: gone, out of reach, signed out. */
  private fetch(address: string): Promise<string> {
    const card = this.known.get(address) ?? fetch(address).then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""), () => "");
    this.known.set(address, card);
    return card;
  }

  private build(): HTMLElement {
    const card = document.createElement("div");
    Object.assign(card, { id: "person-card", className: "card-place", popover: "manual" });
    card.setAttribute("role", "group");
    document.body.append(card);
    return card;
  }

  /** Below the name, above it if there is no room, and always inside the window. */
  private place(link: HTMLAnchorElement): void {
    const card = this.card!;
    const name = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const [width, height] = [card.offsetWidth, card.offsetHeight];
    const under = name.bottom + EDGE;
    const top = under + height > innerHeight - EDGE && name.top - EDGE - height > EDGE ? name.top - EDGE - height : under;
    card.style.left = `${Math.max(EDGE, Math.min(name.left, innerWidth - width - EDGE))}px`;
    card.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
  }

  private isOpen(): boolean {
    return Boolean(this.card?.matches(":popover-open"));
  }

  private readonly close = (event?: Event): void => {
    if (event && this.card?.contains(event.target as Node)) return; // the card itself was scrolled
    this.stay();
    this.link?.removeAttribute("aria-details");
    this.link = undefined;
    if (this.isOpen()) this.card?.hidePopover();
  };
}

/** True if the pointer is on the text of a link; the link of a row covers the whole row. */
function within(link: HTMLAnchorElement, event: PointerEvent): boolean {
  return [...link.getClientRects()].some((box) => event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom);
}
