/**
 * What every page does for the product as an app: the worker with its offline page, the number on the icon, and a
 * subscription the server does not know in this session.
 */
import { ownSubscription, tell, worker } from "./push";
import { meta } from "./words";

const OFFLINE_FOR = "offline-for";

/** Prepare the worker. The offline page is stored anew for another reader, language or build. */
export async function prepareWorker(): Promise<void> {
  const registration = await worker();
  if (!registration) return;
  const now = [meta("me"), document.documentElement.lang, import.meta.url].join(" ");
  if (localStorage.getItem(OFFLINE_FOR) !== now) {
    const ready = await navigator.serviceWorker.ready;
    ready.active?.postMessage("refresh");
    localStorage.setItem(OFFLINE_FOR, now);
  }
  if (!meta("me")) return;
  await showOnIcon(unreadOn(document));
  if (meta("push-url")) await tellAgain();
}

/** After signing in anew, this browser's subscription is made known in the new session. */
async function tellAgain(): Promise<void> {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const subscription = await ownSubscription();
  if (subscription) await tell(meta("push-url"), subscription).catch(() => undefined);
}

/** Return the number of unread notifications a page shows. */
export function unreadOn(page: Document): number {
  return Number(page.querySelector<HTMLElement>("[data-unread]")?.dataset.unread ?? 0);
}

/** Show the number of unread notifications on the icon; with none, take away those that are still shown. */
export async function showOnIcon(unread: number): Promise<void> {
  await navigator.setAppBadge?.(unread).catch(() => undefined);
  if (unread || !("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration();
  for (const notification of (await registration?.getNotifications?.()) ?? []) notification.close();
}
