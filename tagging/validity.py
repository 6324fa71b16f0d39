"""Whether a tag's dated versions follow one another, and its examples stand in them; it asks no file."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from tagging.tag import Tag, Version


def misdated(tag: Tag) -> Iterator[str]:
    """What is wrong with the tag's days, one sentence each."""
    for version in tag.versions:
        if version.valid_until is not None and version.valid_until < version.valid_from:
            yield f"valid_until {version.valid_until} lies before valid_from {version.valid_from}; swap them"
    for one, other in pairwise(tag.versions):
        if one.valid_until is None or one.valid_until >= other.valid_from:
            yield (
                f"two versions hold on {other.valid_from}, with the rules {one.rule!r} and {other.rule!r};"
                f" end the first on the day before"
            )
    for number, example in enumerate(tag.examples, start=1):
        if not any(_holds(version, example.as_of) for version in tag.versions):
            yield f"example {number} stands on {example.as_of}, when the tag is not valid; give another as_of"
    for version in tag.versions:
        if not any(_holds(version, example.as_of) for example in tag.examples):
            yield f"no example stands on a day of the version from {version.valid_from} on; add one with an as_of"


def _holds(version: Version, day: date) -> bool:
    return version.valid_from <= day and (version.valid_until is None or day <= version.valid_until)
