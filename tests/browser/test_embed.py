"""``<yidang-home>`` on a portal of another origin, in a real browser."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.by_hand import MOTHER, Stage, set_stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PORTAL = """<!doctype html><html lang="en"><title>A portal</title><yidang-home></yidang-home>
<script type="module" src="{address}/static/embed.js"></script>
<script type="module">document.querySelector("yidang-home").token = async () => "{token}"</script></html>"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[str]:
    """Where a portal's pages are served, a folder of files."""
    (tmp_path / "portal").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "portal")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def stage(tmp_path: Path, store_url: str, portal: str) -> Stage:
    """As ever, with the portal named."""
    stage = set_stage(tmp_path / "keys", store_url)
    return replace(stage, settings=stage.settings.model_copy(update={"cors_origins": (portal,)}))


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context()
    yield context.new_page()
    context.close()


def show(page: "Page", tmp_path: Path, portal: str, address: str, token: str) -> str:
    (tmp_path / "portal" / "index.html").write_text(PORTAL.format(address=address, token=token))
    page.goto(portal)
    page.locator("yidang-home >> [part]").first.wait_for(state="attached")
    return page.locator("yidang-home").evaluate("home => home.shadowRoot.textContent")  # type: ignore[no-any-return]


def test_a_portal_shows_what_is_due_and_offered_with_links_to_us(
    page: "Page", tmp_path: Path, portal: str, address: str, stage: Stage
) -> None:
    told = show(page, tmp_path, portal, address, stage.token(MOTHER))
    assert "Your permit to Hong Kong and Macau expires in 29 days" in told
    assert page.locator("yidang-home >> [part=offered] li").count() == 3
    link = page.locator("yidang-home >> [part=due] a").get_attribute("href")
    assert link == f"{address}/services/hkm_permit_renewal"


def test_a_refused_token_is_said_in_words(page: "Page", tmp_path: Path, portal: str, address: str) -> None:
    told = show(page, tmp_path, portal, address, "ey.ey")
    assert told == "The access token was not accepted (signature, issuer, audience or time): sign in again."


def test_a_portal_that_is_not_named_gets_nothing(
    page: "Page", tmp_path: Path, portal: str, address: str, stage: Stage
) -> None:
    (tmp_path / "portal" / "index.html").write_text(PORTAL.format(address=address, token=stage.token(MOTHER)))
    with page.expect_event("requestfailed"):
        page.goto(portal.replace("127.0.0.1", "localhost"))
    assert page.locator("yidang-home").evaluate("home => home.shadowRoot") is None
