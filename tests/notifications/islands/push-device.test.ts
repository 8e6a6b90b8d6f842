import { beforeEach, expect, test, vi } from "vitest";
import PushDevice from "../../../zhiliu/notifications/islands/push-device";
import { addMeta, find, page, serve, settle, texts } from "../../islands";

const STATES = ["insecure", "iphone", "missing", "denied", "off", "on"];
const PAGE = `<section data-controller="push-device" data-push-device-key-value="AAAA" data-push-device-add-value="/add/" data-push-device-remove-value="/remove/"
  data-push-device-test-value="/test/" data-push-device-known-value="[]" data-push-device-failed-value="failed" data-push-device-tested-value="sent">
  ${STATES.map((state) => `<p data-push-device-target="state" data-state="${state}" hidden>${state}</p>`).join("")}
  <button id="on" data-push-device-target="button" data-action="push-device#turnOn"></button>
  <button id="off" data-push-device-target="button" data-action="push-device#turnOff"></button>
  <button id="test" data-push-device-target="button" data-action="push-device#test"></button></section><div id="toasts"></div>`;

let subscription: PushSubscription | null;
let permission: NotificationPermission;

/** A browser with a push service; `pushes` is false where it cannot be reached. */
function browser({ pushes = true } = {}): void {
  const made = {
    endpoint: "https://push.example.com/a",
    toJSON: () => ({ endpoint: "https://push.example.com/a", keys: { p256dh: "p", auth: "a" } }),
    unsubscribe: async () => {
      subscription = null;
      return true;
    },
  } as unknown as PushSubscription;
  const pushManager = {
    getSubscription: async () => subscription,
    subscribe: async () => {
      if (!pushes) throw new DOMException("push service error", "AbortError");
      return (subscription = made);
    },
  };
  const registration = { pushManager, active: { postMessage: () => undefined } };
  vi.stubGlobal("navigator", { userAgent: "Chrome", serviceWorker: { ready: Promise.resolve(registration), register: async () => registration } });
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("Notification", { permission, requestPermission: async () => permission });
  vi.stubGlobal("isSecureContext", true);
}

function shown(): string[] {
  return texts("[data-state]:not([hidden])");
}

async function click(id: string): Promise<void> {
  find(`#${id}`).click();
  await settle();
  await settle();
}

beforeEach(() => {
  subscription = null;
  permission = "granted";
  addMeta("me", "7");
});

test("turning on subscribes, tells the server, and turning off ends both", async () => {
  browser();
  const asked = serve(() => new Response(null, { status: 204 }));
  await page(PAGE, { "push-device": PushDevice });
  await settle();
  expect(shown()).toEqual(["off"]);
  await click("on");
  expect([shown(), asked.map(({ url }) => url.pathname), localStorage.getItem("push-owner")]).toEqual([["on"], ["/add/"], "7"]);
  await click("off");
  expect([shown(), subscription, localStorage.getItem("push-owner")]).toEqual([["off"], null, null]);
});

test("a subscription of a colleague on this browser is not taken over", async () => {
  browser();
  serve(() => new Response(null, { status: 204 }));
  await page(PAGE, { "push-device": PushDevice });
  await click("on");
  addMeta("me", "8");
  await page(PAGE, { "push-device": PushDevice });
  await settle();
  expect(shown()).toEqual(["off"]);
});

test("a push service that cannot be reached is told, and nothing is on", async () => {
  browser({ pushes: false });
  serve(() => new Response(null, { status: 204 }));
  await page(PAGE, { "push-device": PushDevice });
  await click("on");
  expect([shown(), texts("#toasts span")]).toEqual([["off"], ["failed"]]);
  expect(find<HTMLButtonElement>("#on").disabled).toBe(false);
});

test("what the server says is shown", async () => {
  browser();
  serve(({ url }) => (url.pathname === "/test/" ? new Response('{"said": "too many"}', { status: 422 }) : new Response(null, { status: 204 })));
  await page(PAGE, { "push-device": PushDevice });
  await click("on");
  await click("test");
  expect(texts("#toasts span")).toEqual(["too many"]);
});

test("a refused permission and an address without https are named", async () => {
  permission = "denied";
  browser();
  await page(PAGE, { "push-device": PushDevice });
  expect(shown()).toEqual(["denied"]);
  vi.stubGlobal("isSecureContext", false);
  await page(PAGE, { "push-device": PushDevice });
  expect(shown()).toEqual(["insecure"]);
});

test.each([
  ["iphone", "iPhone"],
  ["missing", "Other"],
])("a browser without push says what to do: %s", async (state, userAgent) => {
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", { userAgent });
  await page(PAGE, { "push-device": PushDevice });
  expect(shown()).toEqual([state]);
});
