"""The words of messages as officials write them in ``data/messages``; it fills none in.

``letter.yaml`` is what stands around every message, ``kinds.yaml`` what is said of one thing, ``unsaid.yaml`` the words
that no message to a person may hold.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from profiles.errors import CatalogueError
from profiles.model import Kind
from recommender.catalogue import DATA, Text

FOLDER = DATA / "messages"
T = TypeVar("T")


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a kind says how far its day is."""

    ahead: Text
    tomorrow: Text
    today: Text
    yesterday: Text
    past: Text

    def said(self, due_on: date, today: date) -> tuple[Text, int]:
        """The phrase for a day, and how many days it is away.

        >>> texts = [Text(zh=word, en=word) for word in ("ahead", "tomorrow", "today", "yesterday", "past")]
        >>> [When(*texts).said(date(2026, 12, day), date(2026, 12, 21))[0].en for day in (1, 20, 21, 22, 31)]
        ['past', 'yesterday', 'today', 'tomorrow', 'ahead']
        """
        days = (due_on - today).days
        near = {-1: self.yesterday, 0: self.today, 1: self.tomorrow}
        return near.get(days) or (self.ahead if days > 0 else self.past), abs(days)


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of one thing: ``plain`` and ``html`` go into a letter, ``short`` into a chat or a notice."""

    version: int
    when: When
    subject: Text
    plain: Text
    html: Text
    short: Text


class How(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a thing is seen to."""

    online: Text
    counter: Text
    look: Text


class Frame(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands around what is said of things."""

    version: int
    whose: Mapping[Kind, Text]
    several: Text
    how: How
    helpline: str
    plain: Text
    html: Text


class Templates(msgspec.Struct, frozen=True):
    """All words of messages."""

    frame: Frame
    kinds: Mapping[str, Template]
    unsaid: tuple[str, ...]


@cache
def load(folder: Path = FOLDER) -> Templates:
    """Reads the words under ``folder``, once per process; raises CatalogueError naming the file."""
    return Templates(
        frame=_read(folder / "letter.yaml", Frame),
        kinds=_read(folder / "kinds.yaml", dict[str, Template]),
        unsaid=_read(folder / "unsaid.yaml", tuple[str, ...]),
    )


def _read(file: Path, of: type[T]) -> T:
    try:
        return msgspec.convert(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), of)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError) as wrong:
        text = " ".join(str(wrong).split())
        raise CatalogueError(f"messages/{file.name}: {text}; mend it and run the check") from wrong
