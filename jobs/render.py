"""Fills the templates of ``pages/`` with what it is given: static pages in both languages that load nothing.

It reads no table. ``words.yaml`` holds the words for codes.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

PAGES = Path(__file__).parent / "pages"


def render(template: str, **values: object) -> bytes:
    """The template as a page."""
    return _environment().get_template(template).render(values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    words: Mapping[str, Mapping[str, Any]] = yaml.safe_load((PAGES / "words.yaml").read_text("utf-8"))
    environment.globals["word"] = lambda family, code: words[family].get(code, {"zh": code, "en": code})
    environment.filters["share"] = lambda number: f"{number:.1%}"
    environment.filters["count"] = lambda number: f"{number:,.0f}"
    return environment
