"""axe-core finds nothing serious or critical on any kind of page, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import ROOT, Enter, Product
from .test_everyday import FORMS, PAGES, go

pytestmark = pytest.mark.journey
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SEARCHED = ("/search/", "/talk/search/", "/communities/service-help/members/", "/communities/service-help/files/")
MORE = (
    *("/articles/1/edit/", "/articles/1/library/", "/gallery/", "/administration/", "/gatherings/23/room/"),
    *("/administration/people/", "/administration/people/wang/", "/administration/fields/", "/working-time/"),
    *("/gatherings/23/wall/", "/gatherings/24/poster/", "/gatherings/sharing/", "/gatherings/31/nominations/"),
    *("/gatherings/31/", "/gatherings/31/departments/", "/imports/"),
    *("/goals/", "/goals/1/", "/goals/new/", "/administration/audit/", "/communities/service-help/sponsor/"),
    *("/communities/service-help/sponsor/spending/new/", "/communities/service-help/sponsor/lines/new/"),
    *("/communities/service-help/sponsor/reports/1/", "/communities/service-help/sponsor/reports/now/"),
    *("/communities/service-help/proposals/", "/communities/service-help/proposals/1/"),
    *("/communities/service-help/proposals/2/", "/communities/service-help/proposals/new/"),
    *("/communities/service-help/life/", "/communities/service-help/split/", "/communities/service-help/merge/"),
    "/communities/tender/merge/?target=key-accounts",
    *("/channels/9/people/", "/channels/9/settings/", "/talk/search/?q=除霜", "/talk/bookmarks/", "/talk/new/"),
    *("/communities/service-help/channels/new/", "/administration/mailings/", "/administration/mailings/1/"),
    *("/gatherings/35/", "/gatherings/35/evening/", "/gatherings/33/order/", "/gatherings/new/?format=evening"),
    *("/talk/scheduled/", "/channels/9/programs/", "/channels/9/polls/new/", "/channels/9/commands/help/"),
    "/administration/words/",
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_no_serious_finding(enter: Enter, product: Product, theme: str, width: int) -> None:
    page = enter("admin", theme=theme, width=width)
    axe = Path(AXE).read_text()
    findings = []
    runs = [f"/imports/{pk}/" for (pk,) in product.sql("select id from transfers_documentrun")]
    assert len(runs) >= 2
    for path in (*PAGES, *FORMS, *MORE, *runs):
        go(page, path)
        # evaluate() is not bound by the page's content security policy, so nothing of it has to be loosened.
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
        findings += [
            (path, item["id"], item["nodes"][0]["target"], item["nodes"][0]["failureSummary"][:160])
            for item in found
            if item["impact"] in ("serious", "critical")
        ]
    assert findings == []


@pytest.mark.parametrize("width", [1280, 390])
def test_landmarks_of_one_kind_have_names_of_their_own(enter: Enter, width: int) -> None:
    page = enter("lin", width=width)
    axe = Path(AXE).read_text()
    found = []
    for path in (*SEARCHED, "/", "/inbox/"):
        go(page, path)
        page.evaluate(axe)
        found += page.evaluate("axe.run(document, {runOnly: ['landmark-unique']}).then(r => r.violations)")
    assert found == []
