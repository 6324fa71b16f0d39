"""The operators' pages in a real browser: it asks for no address but the page's own file."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.contracts import sharing_list
from jobs.reports import operators_page
from profiles.gate.expectations.docs import data_docs
from profiles.gate.judge import Check, Verdict
from tests.browser.conftest import keep
from tests.jobs.test_reports import CLEAN, STOPPED

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DAY = date(2026, 3, 1)
BAD = Check("share quarantined", 0.3, None, 0.1)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The pages of a day as the gate writes them."""
    files = {
        "index.html": operators_page([CLEAN, STOPPED], DAY),
        "sharing.html": sharing_list([CLEAN, STOPPED], DAY, ["city", "shanghai", "chicago"]),
        **data_docs({"vehicles": Verdict((BAD,), ("said",))}, DAY),
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_reader_goes_from_page_to_page_and_nothing_is_loaded(browser: "Browser", site: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, asked, complaints = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((site / "index.html").as_uri())
    keep(page, "operators-desk")
    page.click("text=1 / 2")
    keep(page, "data-docs-desk")
    page.click("main a")
    page.go_back()
    page.click("header a")
    page.click("text=公共数据资源目录")
    keep(page, "sharing-desk")
    assert asked == [
        (site / name).as_uri()
        for name in (
            "index.html",
            "validations/vehicles.html",
            "expectations/vehicles.html",
            "validations/vehicles.html",
            "index.html",
            "sharing.html",
        )
    ]
    assert complaints == []
    context.close()


@pytest.mark.parametrize("name", ["index.html", "sharing.html", "validations/vehicles.html"])
def test_no_page_scrolls_sideways_on_a_phone(browser: "Browser", site: Path, name: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto((site / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
