/**
 * The service worker: shows notifications, and a page of its own when the server is out of reach. It never answers with
 * stored copies of other pages: what they say may have changed, or be no longer for this reader.
 */
declare const self: ServiceWorkerGlobalScope;

const CACHE = "offline";
const OFFLINE = "/offline/";

/** What the server sends (`notifications/push/sending.py`). */
interface Payload {
  title: string;
  body: string;
  /** Where a tap leads. */
  url: string;
  /** Replaces an earlier notification with the same tag. */
  tag: string;
  /** The same when a push comes twice. */
  id: string;
  unread?: number;
  /** Where to confirm that it was shown. */
  shown_url?: string;
}

self.addEventListener("install", (event) => {
  event.waitUntil(refresh().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.registration.navigationPreload?.enable(), self.clients.claim()]));
});

/** Pages ask for it when reader, language or build changed. */
self.addEventListener("message", (event) => {
  if (event.data === "refresh") event.waitUntil(refresh());
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (isBuilt(event.request)) event.respondWith(fetch(event.request).catch(() => kept(event.request.url)));
});

self.addEventListener("push", (event) => {
  const payload = event.data?.json() as Payload | undefined;
  if (payload) event.waitUntil(show(payload));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as Payload).url));
});

/** Store the offline page and what it is drawn with. */
async function refresh(): Promise<void> {
  const answer = await fetch(OFFLINE, { cache: "reload" });
  if (!answer.ok) return;
  const built = (await answer.clone().text()).match(/\/static\/[^"'#?]+/g) ?? [];
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  await cache.put(OFFLINE, answer);
  await cache.addAll([...new Set(built)]);
}

async function page(event: FetchEvent): Promise<Response> {
  try {
    return ((await event.preloadResponse) as Response | undefined) ?? (await fetch(event.request));
  } catch {
    return kept(OFFLINE);
  }
}

async function kept(url: string): Promise<Response> {
  const found = await caches.match(url, { ignoreSearch: true });
  return found ?? Response.error();
}

function isBuilt(request: Request): boolean {
  return request.method === "GET" && new URL(request.url).pathname.startsWith("/static/");
}

/** Show a notification, unless it came before or the reader is looking at the product. */
async function show(payload: Payload): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  const before = await self.registration.getNotifications({ tag: payload.tag });
  // WebKit ends a subscription whose pushes show nothing.
  const isSeen = pages.some((client) => client.focused) && !isWebKit();
  const isKnown = before.some((notification) => (notification.data as Payload).id === payload.id && payload.id);
  if (!isKnown && !isSeen) await display(payload);
  if (payload.unread !== undefined) await navigator.setAppBadge?.(payload.unread).catch(() => undefined);
  if (payload.shown_url) await fetch(payload.shown_url, { method: "POST" }).catch(() => undefined);
}

function isWebKit(): boolean {
  return /AppleWebKit/.test(navigator.userAgent) && !/Chrome/.test(navigator.userAgent);
}

function display(payload: Payload): Promise<void> {
  const { title, body, tag } = payload;
  // `renotify` is missing in the types: a new message in the same place is heard, although it replaces the earlier one.
  const options = { body, tag, renotify: true, icon: "/icon/192.png", badge: "/static/badge-96.png", data: payload };
  return self.registration.showNotification(title, options);
}

/** Lead an open page there, or open one. */
async function open(url: string): Promise<void> {
  const [page] = await self.clients.matchAll({ type: "window" });
  if (!page) return void (await self.clients.openWindow(url));
  await page.focus();
  await page.navigate(url);
}

export {};
