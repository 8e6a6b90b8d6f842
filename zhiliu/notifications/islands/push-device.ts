import { Controller } from "@hotwired/stimulus";
import { ownSubscription, post, reason, tell, turnOff, turnOn } from "../../kit/islands/lib/push";
import { say } from "../../kit/islands/lib/toasts";

type State = "insecure" | "iphone" | "missing" | "denied" | "off" | "on";

/**
 * Notifications on this device: shows the one state that is true, with what can be done about it. `known` are the
 * digests of the subscriptions the server has for this person.
 */
export default class PushDevice extends Controller<HTMLElement> {
  static override targets = ["state", "button"];
  static override values = { key: String, add: String, remove: String, test: String, known: Array, failed: String, tested: String };
  declare readonly stateTargets: HTMLElement[];
  declare readonly buttonTargets: HTMLButtonElement[];
  declare readonly keyValue: string;
  declare readonly addValue: string;
  declare readonly removeValue: string;
  declare readonly testValue: string;
  declare readonly knownValue: string[];
  declare readonly failedValue: string;
  declare readonly testedValue: string;
  private subscription: PushSubscription | null = null;

  override connect(): void {
    void this.look();
  }

  async turnOn(): Promise<void> {
    await this.busy(async () => {
      if ((await Notification.requestPermission()) !== "granted") return this.show("denied");
      await turnOn(this.keyValue, this.addValue);
      this.subscription = await ownSubscription();
      this.show("on");
    });
  }

  async turnOff(): Promise<void> {
    await this.busy(async () => {
      if (this.subscription) await turnOff(this.removeValue, this.subscription);
      this.show("off");
    });
  }

  async test(): Promise<void> {
    await this.busy(async () => {
      const answer = await post(this.testValue, { endpoint: this.subscription?.endpoint ?? "" });
      if (!answer.ok || answer.redirected) throw new Error(await reason(answer));
      say(this.testedValue);
    });
  }

  private async look(): Promise<void> {
    const obstacle = obstacleHere();
    if (obstacle) return this.show(obstacle);
    // Whoever never allowed it needs no answer of the worker, which may take a while.
    if (Notification.permission === "default") return this.show("off");
    this.subscription = await ownSubscription();
    if (!this.subscription) return this.show("off");
    // The server forgot it: with another session, or because a push did not arrive.
    if (!this.knownValue.includes(await digest(this.subscription.endpoint))) await tell(this.addValue, this.subscription).catch(() => undefined);
    this.show("on");
  }

  private show(state: State): void {
    for (const element of this.stateTargets) element.hidden = element.dataset.state !== state;
  }

  private async busy(act: () => Promise<void>): Promise<void> {
    this.setDisabled(true);
    try {
      await act();
    } catch (error) {
      const said = error instanceof DOMException ? "" : (error as Error).message;
      say(said || this.failedValue, "error");
    } finally {
      this.setDisabled(false);
    }
  }

  private setDisabled(disabled: boolean): void {
    for (const button of this.buttonTargets) button.disabled = disabled;
  }
}

/** Return why this browser shows none, or null. */
function obstacleHere(): State | null {
  if (!window.isSecureContext) return "insecure";
  const isComplete = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!isComplete) return /iPhone|iPad/.test(navigator.userAgent) ? "iphone" : "missing";
  return Notification.permission === "denied" ? "denied" : null;
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
