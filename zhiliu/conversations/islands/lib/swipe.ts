import { icon } from "../../../kit/islands/lib/words";

const SLOP = 12;
const FAR = 56;
const MOST = 80;

/** What a finger does with a message: nothing yet, moves it sideways, or something else (scrolls, presses). */
type Moves = "undecided" | "sideways" | "away";

/**
 * A finger that moves a message to the left: the message follows, and beyond a distance letting go answers it. The
 * style leaves sideways moves on messages to the page (`touch-action: pan-y`).
 */
export class Swipe {
  private article: HTMLElement | undefined;
  private from = { x: 0, y: 0 };
  private moves: Moves = "undecided";
  private distance = 0;
  private readonly sign = document.createElement("span");

  /** @param answer called with the message that was swiped. @param began called when a swipe begins. */
  constructor(
    private readonly answer: (article: HTMLElement) => void,
    private readonly began: () => void,
  ) {
    this.sign.className = "swipe-sign";
    this.sign.append(icon("reply"));
  }

  down(article: HTMLElement, event: PointerEvent): void {
    this.cancel();
    this.article = article;
    this.from = { x: event.clientX, y: event.clientY };
    this.moves = "undecided";
  }

  move(event: PointerEvent): void {
    if (!this.article || this.moves === "away") return;
    const [x, y] = [event.clientX - this.from.x, event.clientY - this.from.y];
    if (this.moves === "undecided") this.decide(x, y);
    if (this.moves === "sideways") this.show(Math.min(MOST, Math.max(0, -x)));
  }

  private decide(x: number, y: number): void {
    if (Math.max(Math.abs(x), Math.abs(y)) < SLOP) return;
    this.moves = -x > 2 * Math.abs(y) ? "sideways" : "away";
    if (this.moves === "away") return;
    this.article?.append(this.sign);
    this.began();
  }

  private show(distance: number): void {
    this.distance = distance;
    this.article?.classList.add("swiped");
    this.article?.classList.toggle("far", distance >= FAR);
    this.article?.style.setProperty("--swiped", `${-distance}px`);
  }

  up(): void {
    const { article, distance } = this;
    this.cancel();
    if (article && distance >= FAR) this.answer(article);
  }

  /** The finger left, or the browser took the gesture. */
  cancel(): void {
    this.sign.remove();
    this.article?.classList.remove("swiped", "far");
    this.article?.style.removeProperty("--swiped");
    this.article = undefined;
    this.distance = 0;
  }
}
