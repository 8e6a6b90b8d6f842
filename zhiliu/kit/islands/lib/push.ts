/**
 * Notifications of this browser: its subscription at the push service, and whose it is. A browser has one subscription;
 * it belongs to the account that made it, so a colleague on the same browser never gets what is not theirs.
 */
import { meta } from "./words";

const OWNER = "push-owner";

/** Return the registration of the service worker, or null where there is none. */
export async function worker(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  // The browser asks for a new worker once a day, not at every page.
  const options: RegistrationOptions = { updateViaCache: "all" };
  return navigator.serviceWorker.register("/service-worker.js", options).catch(() => null);
}

/** Return this browser's subscription if it is of the account that is signed in. */
export async function ownSubscription(): Promise<PushSubscription | null> {
  const registration = await worker();
  const subscription = (await registration?.pushManager?.getSubscription()) ?? null;
  return subscription && localStorage.getItem(OWNER) === meta("me") ? subscription : null;
}

/**
 * Subscribe, and tell the server.
 *
 * @param key of the installation, base64url. @param url where subscriptions go. @throws what the browser or the server says.
 */
export async function turnOn(key: string, url: string): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  // One of another account, or made with an earlier key of the installation.
  await before?.unsubscribe();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  await tell(url, subscription);
}

/** Tell the server of a subscription. */
export async function tell(url: string, subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  const answer = await post(url, { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" });
  if (!answer.ok || answer.redirected) throw new Error(await reason(answer));
  localStorage.setItem(OWNER, meta("me"));
}

/** End the subscription here and on the server. */
export async function turnOff(url: string, subscription: PushSubscription): Promise<void> {
  localStorage.removeItem(OWNER);
  await post(url, { endpoint: subscription.endpoint }).finally(() => subscription.unsubscribe());
}

/** Send form values; the answer tells whether they were taken. */
export function post(url: string, values: Record<string, string>): Promise<Response> {
  const headers = { "X-CSRFToken": meta("csrf-token"), Accept: "application/json" };
  return fetch(url, { method: "POST", headers, body: new URLSearchParams(values) });
}

/** Return what the server says about a request it refused, or ''. */
export async function reason(answer: Response): Promise<string> {
  const said = (await answer.json().catch(() => ({}))) as { said?: string };
  return said.said ?? "";
}

function bytes(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
