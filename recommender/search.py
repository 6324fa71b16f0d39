"""Finds services and bundles by what somebody says they want, in either language; it knows nobody and ranks no list.

SQLite's full-text search (FTS5, BM25) over an index in memory, made once per process. Chinese is written without
spaces, so it is looked up by its pairs of characters; English by the stems of its words. What residents call things
stands in ``data/words/sayings.yaml``.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import msgspec
import yaml

from profiles.errors import CatalogueError
from profiles.model import Kind
from recommender.catalogue import DATA, Catalogue
from recommender.terms import Text

LONGEST = 100  # characters of a sentence that are looked at
# What a hit is worth: in a name, in the names of events and themes, in the description.
WEIGHTS = (8.0, 3.0, 1.0)
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z0-9]+")
# Said in nearly every wish, and of nothing in the catalogue.
_SAID_ANYWAY = frozenset(
    {"我是", "我要", "我想", "是本", "本市", "市居", "居民", "要办", "想办", "怎么", "么办", "如何"}
)


class Found(NamedTuple):
    """Ids, what fits best first."""

    bundles: tuple[str, ...]
    services: tuple[str, ...]


class Search:
    """The index of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE item USING fts5(name, about, description, sort UNINDEXED, id UNINDEXED,"
            " audience UNINDEXED, tokenize = 'porter unicode61')"
        )
        self._index.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)", _rows(catalogue))

    def find(self, sentence: str, audience: Kind | None = None, most: int = 20) -> Found:
        """What fits the sentence, at most so many of each.

        >>> from recommender.catalogue import load
        >>> Search(load()).find("我想开一家小饭馆").bundles[0]
        'open_a_restaurant'
        """
        said = sentence[:LONGEST]
        meant = (words for saying, words in sayings().items() if saying in said.lower())
        words = _words(" ".join((said, *meant)))
        if not words:
            return Found((), ())
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = self._index.execute(
            "SELECT sort, id FROM item WHERE item MATCH ? AND (? IS NULL OR audience = ?)"
            " ORDER BY bm25(item, ?, ?, ?), id",
            (asked, audience, audience, *WEIGHTS),
        ).fetchall()
        bundles, services = ([one for sort, one in rows if sort == wanted][:most] for wanted in ("bundle", "service"))
        return Found(tuple(bundles), tuple(services))


@cache
def sayings() -> Mapping[str, str]:
    """What residents say → the words that mean it; raises CatalogueError where the file has another shape."""
    told = yaml.safe_load((DATA / "words" / "sayings.yaml").read_text(encoding="utf-8"))
    try:
        return msgspec.convert(told, dict[str, str])
    except msgspec.ValidationError as wrong:
        raise CatalogueError(f"sayings.yaml: {wrong}; mend it and run the check") from wrong


def problems(catalogue: Catalogue) -> Iterator[str]:
    """One sentence per saying whose words find nothing."""
    search = Search(catalogue)
    for saying, words in sayings().items():
        if not any(search.find(words)):
            yield f"sayings.yaml, {saying}: nothing in the catalogue is called {words}"


def _rows(catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    for service in catalogue.services:
        about = [catalogue.events[event].name for event in service.events]
        about += [catalogue.themes[service.audience, theme] for theme in service.themes]
        texts = (_indexed(service.name), " ".join(map(_indexed, about)), _indexed(service.description))
        yield *texts, "service", service.id, service.audience
    for bundle in catalogue.bundles:
        about = [catalogue.service(step.service).name for step in bundle.steps]
        texts = (_indexed(bundle.name), " ".join(map(_indexed, about)), _indexed(bundle.description))
        yield *texts, "bundle", bundle.id, bundle.audience


def _indexed(text: Text) -> str:
    return " ".join(_words(f"{text.zh} {text.en}"))


def _words(text: str) -> list[str]:
    """Pairs of Chinese characters and words of Latin letters, in their order.

    >>> _words("我要去港澳, by ferry")
    ['要去', '去港', '港澳', 'by', 'ferry']
    """
    pairs = [run[start : start + 2] for run in _CHINESE.findall(text) for start in range(max(1, len(run) - 1))]
    return [*(pair for pair in pairs if pair not in _SAID_ANYWAY), *_WORD.findall(text.lower())]
