"""Every page before axe, which knows the rules of WCAG 2 at A and AA; what it cannot judge is in ``test_home``."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe

from profiles.identity.keys import seal
from recommender.unsubscribing import PATH, Ended, token
from tests.api.by_hand import MOTHER, Stage
from tests.browser.conftest import SIZES
from tests.browser.test_home import SAID, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
OWN = ("file", "tags", "readers", "reminding", "cases?service=senior_card", "erasure")
ANYONES = ("services/hkm_permit_renewal", "services/none", "search?q=退休")


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("language", SAID)
def test_no_page_violates_wcag_2_at_a_or_aa(
    browser: "Browser", address: str, stage: Stage, language: str, size: str
) -> None:
    width, height = SIZES[size]
    with browser.new_context(viewport={"width": width, "height": height}, locale=language) as visitor:
        page = visitor.new_page()
        found = {name: violations(page) for name in visited(page, address, stage)}
    assert len(found) == 3 + len(OWN) + len(ANYONES) + 2
    assert {name: said for name, said in found.items() if said} == {}


def visited(page: "Page", address: str, stage: Stage) -> Iterator[str]:
    """Each page in turn, as its reader sees it once every fold is open."""
    page.goto(address)
    yield "sign-in"
    sign_in(page)
    yield opened(page, "home")
    for name in (*OWN, *ANYONES):
        page.goto(f"{address}/{name}")
        yield opened(page, name)
    asked = token(partial(seal, stage.keys), Ended(stage.person(MOTHER), "person", "email"))
    for name, given in (("unsubscribe", asked), ("unsubscribe, stale", "stale")):
        page.goto(f"{address}{PATH}?{urlencode({'token': given})}")
        yield opened(page, name)
    page.goto(address)
    page.locator("form:has([name=size]) button").first.click()
    page.locator(".acting summary").click()
    page.locator(".acting button").last.click()
    page.wait_for_selector(".hero-firm")
    yield opened(page, "enterprise in large letters")


def opened(page: "Page", name: str) -> str:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    return name


def violations(page: "Page") -> list[str]:
    """What axe finds on the page: the rule, and the elements."""
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
    told = Axe().run(page, options=options).response
    assert told["passes"], "axe looked at something"
    return [f"{one['id']}: {', '.join(str(node['target']) for node in one['nodes'])}" for one in told["violations"]]
