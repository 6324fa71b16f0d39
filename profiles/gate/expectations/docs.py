"""Great Expectations' own Data Docs of a day's verdicts, as files that load nothing from anywhere; it judges nothing.

What stands on a page is the library's: its renderers and its templates. Only the frame around it is ours
(``templates/``): the library's own loads styles, fonts, scripts and a logo from public hosts.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from profiles.gate.expectations import door

if TYPE_CHECKING:
    from great_expectations.render.components import RenderedDocumentContent

    from profiles.gate.judge import Check, Verdict

TEMPLATES = Path(__file__).parent / "templates"
_PAGE = "data_docs.j2"
# Font Awesome's signs, which are nothing without its font, and its headings, which begin at the fifth level.
_SIGNS = (
    (re.compile(r'<i class="fas [^>]*aria-hidden="true"></i> '), ""),  # beside the word itself
    (re.compile(r'<i class="fas fa-check-circle[^>]*></i>'), '<span class="met">met</span>'),
    (re.compile(r'<i class="fas fa-times[^>]*></i>'), '<span class="broken">not met</span>'),
    (re.compile(r"<(/?)h5"), r"<\1h2"),
    (re.compile(r"<(/?)h6"), r"<\1h3"),
)
_LIBRARY_ROOT = "../../../../"  # a validation's page stands four folders deep in the library's own site


def data_docs(verdicts: "Mapping[str, Verdict]", day: date) -> dict[str, bytes]:
    """The site's files by relative path: ``validations/<feed>.html`` with what was observed, and
    ``expectations/<feed>.html`` with what is expected. The same verdicts give the same bytes.
    """
    with_checks = {feed: verdict.checks for feed, verdict in sorted(verdicts.items()) if verdict.checks}
    if not with_checks:
        return {}
    view = _View(day)
    files = {f"validations/{feed}.html": view.validation(feed, checks) for feed, checks in with_checks.items()}
    return files | {f"expectations/{feed}.html": view.suite(feed, checks) for feed, checks in with_checks.items()}


class _View:
    """The library's renderers and its view, in our frame."""

    def __init__(self, day: date) -> None:
        from great_expectations.render.renderer.page_renderer import (
            ExpectationSuitePageRenderer,
            ValidationResultsPageRenderer,
        )
        from great_expectations.render.view.view import DefaultJinjaPageView
        from jinja2 import ChoiceLoader, FileSystemLoader

        self._day = day.isoformat()
        self._validation = ValidationResultsPageRenderer()
        self._suite: Any = ExpectationSuitePageRenderer()
        self._view = cast("Any", DefaultJinjaPageView())
        self._view.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), self._view.env.loader])

    def validation(self, feed: str, checks: "tuple[Check, ...]") -> bytes:
        found = door.validated(feed, checks)
        # The library would also tell when its process made the page, which makes two pages of one day differ.
        version = found.meta["great_expectations_version"]
        found.meta = {
            "great_expectations_version": version,
            "batch_spec": {"data_asset_name": feed},
            "run_id": {"run_name": self._day},
        }
        return self._html(self._validation.render(found), feed)

    def suite(self, feed: str, checks: "tuple[Check, ...]") -> bytes:
        return self._html(self._suite.render(door.suite(feed, checks)), feed)

    def _html(self, document: "RenderedDocumentContent", feed: str) -> bytes:
        html = self._view.render(document, template=_PAGE, feed=feed, day=self._day)
        for sign, ours in _SIGNS:
            html = sign.sub(ours, html)
        lines = (line.rstrip() for line in html.replace(_LIBRARY_ROOT, "../").splitlines())
        return ("\n".join(line for line in lines if line) + "\n").encode()
