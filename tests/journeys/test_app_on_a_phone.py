"""The product as an app on a phone: installed, notifying while closed, and honest without a connection."""

from __future__ import annotations

import json
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.notifications.push_service import PushService, Subscription

from .conftest import Product, start

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]
# Push services cannot be reached from here: the browser's subscription is made of our stand-in's keys. Everything after
# it is real: the worker, the notification, the tap.
SUBSCRIBE = """
(values) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  let current = null;
  const made = (key) => ({
    endpoint: values.endpoint,
    options: { applicationServerKey: key },
    toJSON: () => ({ endpoint: values.endpoint, keys: { p256dh: values.p256dh, auth: values.auth } }),
    unsubscribe: async () => { current = null; localStorage.removeItem("test-subscribed"); return true; },
  });
  if (localStorage.getItem("test-subscribed")) current = made(null);
  PushManager.prototype.getSubscription = async () => current;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem("test-subscribed", "1");
    localStorage.setItem("test-key", btoa(String.fromCharCode(...applicationServerKey)));
    return (current = made(applicationServerKey));
  };
}
"""


@pytest.fixture
def service() -> Iterator[PushService]:
    running = PushService("")
    yield running
    running.close()


@pytest.fixture
def running(sample_company: Path, tmp_path: Path) -> Iterator[Product]:
    data = tmp_path / "data"
    shutil.copytree(sample_company, data)
    product = start(data, ZHILIU_WEBHOOK_PRIVATE_HOSTS="127.0.0.1")
    yield product
    product.process.send_signal(signal.SIGTERM)
    product.process.wait(timeout=10)


@pytest.fixture
def enter_running(running: Product, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """A function: enter_running("lin") opens a desk, signed in as that person."""
    contexts: list[BrowserContext] = []

    def sign_in(who: str) -> Page:
        contexts.append(browser.new_context(locale="zh-CN", base_url=running.url, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.goto("/signin/")
        page.click(f'form[action="/signin/demo/{who}/"] button')
        page.wait_for_selector("details.me")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def phone(browser: Browser, product: Product, subscription: Subscription) -> BrowserContext:
    """Return a phone whose browser subscribes with ``subscription``."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        base_url=product.url,
        permissions=["notifications"],
    )
    context.add_init_script(f"({SUBSCRIBE})({json.dumps(subscription.values)})")
    return context


def phone_of(browser: Browser, product: Product, subscription: Subscription, who: str) -> Page:
    """Return a page on a phone, signed in."""
    page = phone(browser, product, subscription).new_page()
    page.set_default_timeout(20_000)
    page.goto("/signin/")
    page.evaluate(f"document.querySelector('form[action=\"/signin/demo/{who}/\"] button').click()")
    page.wait_for_selector(".phone-bar")
    return page


def deliver(page: Page, payload: dict[str, Any], origin: str) -> list[dict[str, Any]]:
    """Hand a push to the service worker, as the browser does; return the notifications that are shown then."""
    session = page.context.new_cdp_session(page)
    known: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    wait_for(lambda: known, page)
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": known[0]["registrationId"], "data": json.dumps(payload)},
    )
    (worker,) = page.context.service_workers
    script = (
        "(tag) => registration.getNotifications({ tag }).then((all) => all.map(({ title, body }) => ({ title, body })))"
    )
    wait_for(lambda: worker.evaluate(script, payload["tag"]), page)
    return list(worker.evaluate(script, payload["tag"]))


def wait_for(condition: Any, page: Page) -> None:
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    assert condition()


def test_a_browser_is_offered_the_app(running: Product, browser: Browser, service: PushService) -> None:
    page = phone_of(browser, running, Subscription(service), "xu")
    manifest = page.request.get(page.get_attribute('link[rel="manifest"]', "href") or "").json()
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == ("岭东冷链", "standalone", "/")
    for icon in manifest["icons"]:
        picture = page.request.get(icon["src"])
        assert picture.ok and picture.headers["content-type"] == "image/png"
    problems = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window without a history of its own ("in-incognito") is the test's, not ours.
    assert [problem["errorId"] for problem in problems if problem["errorId"] != "in-incognito"] == []
    page.context.close()


def test_a_reply_reaches_a_phone_that_is_closed_and_a_tap_leads_to_it(
    running: Product, browser: Browser, service: PushService
) -> None:
    subscription = Subscription(service)
    page = phone_of(browser, running, subscription, "xu")
    page.goto("/inbox/preferences/")
    page.click('button:has-text("开启通知")')
    expect(page.locator("text=这台设备会弹出通知")).to_be_visible()
    service.key = str(page.evaluate('localStorage.getItem("test-key")')).replace("+", "-").replace("/", "_").rstrip("=")
    page.click('button:has-text("发个测试")')
    wait_for(lambda: len(subscription.read()) == 1, page)
    page.goto("about:blank")

    other = phone_of(browser, running, Subscription(service, "other"), "lin")
    other.goto("/people/xu/")
    other.locator("main").get_by_role("link", name="私信").click()
    other.click("main button.main")
    other.fill(".composer-text", "明天三点的分享你来吗？")
    other.click("[data-send]")
    wait_for(lambda: len(subscription.read()) == 2, other)
    payload = subscription.read()[1]
    assert "明天三点的分享你来吗？" in payload["body"]

    (shown,) = deliver(page, payload, running.url)
    assert (shown["title"], shown["body"]) == (payload["title"], "明天三点的分享你来吗？")
    receipts = "select count(*) from notifications_pushdelivery where shown_at is not null"
    wait_for(lambda: running.sql(receipts)[0][0] == 1, page)
    # Again, as after a crash of the sender: it is still one.
    assert len(deliver(page, payload, running.url)) == 1
    page.goto(payload["url"])
    expect(page.locator("text=明天三点的分享你来吗？").first).to_be_visible()
    page.context.close()
    other.context.close()


def open_link(browser: Browser, product: Product, subscription: Subscription, link: str) -> Page:
    """Return a page on a phone of somebody who has just opened the link they were handed."""
    context = phone(browser, product, subscription)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(link)
    return page


def hand_link_to_newcomer(admin: Page, name: str) -> str:
    """Add a colleague as an administrator, and return the link that is handed over."""
    admin.goto("/administration/people/new/")
    admin.fill("[name=name]", name)
    admin.fill("[name=employee_number]", "L9001")
    for button in ("main form .button.main", 'form[action$="/link/"] button'):
        with admin.expect_navigation():
            admin.click(button)
    return admin.input_value("#link")


def test_a_newcomers_first_day(
    running: Product, browser: Browser, service: PushService, enter_running: Callable[[str], Page]
) -> None:
    subscription = Subscription(service)
    admin, lin = enter_running("admin"), enter_running("lin")
    page = open_link(browser, running, subscription, hand_link_to_newcomer(admin, "白露"))

    # One password, and one is in: the phone offers to install, and notifications are two taps away.
    page.fill("[name=password]", "一句谁也猜不到的长话")
    page.click("main .button.main, .button.main.large")
    page.wait_for_selector(".phone-bar")
    expect(page.locator('link[rel="manifest"]')).to_have_count(1)
    page.tap('.phone-bar [data-opens-id-value="me-sheet"]')
    page.tap('#me-sheet a:has-text("通知")')
    page.tap('button:has-text("开启通知")')
    expect(page.locator("text=这台设备会弹出通知")).to_be_visible()
    key = str(page.evaluate('localStorage.getItem("test-key")'))
    service.key = key.replace("+", "-").replace("/", "_").rstrip("=")

    # Joining what is open to everybody, and a first word in its channel.
    page.goto("/communities/newcomers/")
    page.tap("main a:has-text('加入')")
    page.wait_for_url("**/membership/")
    with page.expect_navigation():
        page.locator("main form .button.main").last.tap()
    page.goto("/communities/newcomers/channels/")
    page.locator("main a[href^='/channels/']").first.tap()
    page.fill(".composer-text", "第一天报到，工牌在哪里领？")
    page.tap("[data-send]")
    expect(page.locator(".said:not(.waiting)", has_text="工牌在哪里领")).to_be_visible()
    channel = page.url
    page.goto("about:blank")

    # Lin answers in the thread; the closed phone says so, the tap leads there, and the newcomer replies.
    lin.goto(channel)
    said = lin.locator(".conversation .message", has_text="工牌在哪里领")
    expect(said).to_have_attribute("data-number", re.compile(r"\d+"))
    said.hover()
    lin.click('.message-tools [data-act="thread"]')
    answer = lin.locator(".talk-thread textarea[name=body]")
    answer.fill("前台领，说是今天入职就行。")
    answer.press("Enter")
    wait_for(lambda: any("前台领" in payload["body"] for payload in subscription.read()), lin)
    payload = next(payload for payload in subscription.read() if "前台领" in payload["body"])
    (shown,) = deliver(page, payload, running.url)
    assert "前台领" in shown["body"]
    page.goto(payload["url"])
    expect(page.locator(".said", has_text="前台领")).to_be_visible()
    page.fill(".composer-text:visible", "领到了，谢谢！")
    page.tap("[data-send]:visible")
    expect(lin.locator(".talk-thread .said", has_text="领到了")).to_be_visible()
    page.context.close()


def test_without_a_connection_nothing_written_is_lost(running: Product, browser: Browser, service: PushService) -> None:
    page = phone_of(browser, running, Subscription(service), "xu")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.wait_for_function("caches.match('/offline/').then(Boolean)")
    page.goto("/talk/")
    page.locator("main .row-list a").first.click()
    channel = page.url
    page.wait_for_selector(".composer-text")
    page.context.set_offline(True)
    page.fill(".composer-text", "除霜的周期怎么定？")
    page.click("[data-send]")
    page.goto("/gatherings/")
    expect(page.locator("h1")).to_have_text("现在没有网络")
    expect(page.locator(".row-list")).to_contain_text("除霜的周期怎么定？")
    expect(page.locator(".row-list")).to_contain_text("还没发出的消息")
    page.context.set_offline(False)
    expect(page.locator("h1")).not_to_have_text("现在没有网络")
    page.goto(channel)
    sent = "select count(*) from conversations_message where body = '除霜的周期怎么定？'"
    wait_for(lambda: running.sql(sent)[0][0] == 1, page)
    page.context.close()
