"""Builds files and fills in what free text in them says: the one way from accepted feeds to whole files.

Night, fresh events and rebuilt days all come here, so the same rows give the same readings. Texts are read where they
stand open behind the gate, each distinct one once; a title is read only where the register gives no occupation.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from profiles.build import enterprise_files, person_files
from profiles.feeds import Feeds
from profiles.model import READ_COLUMNS, Kind, columns
from tagging.texts.columns import read_scopes, read_titles

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_TITLE = "get(filter(facts, fact -> fact.name = 'job_title' AND fact.in_force AND NOT fact.sealed), 0).value"

# The text of a file that was read, as the readings name it.
_KEYS: Mapping[Kind, Mapping[str, str]] = {
    "person": {"_title": f"IF(occupation IS NULL, {_TITLE}, NULL)"},
    "enterprise": {"_name": "coalesce(name, '')", "_scope": "scope"},
}


def whole_files(kind: Kind, feeds: Feeds, day: date, *, few: bool = False) -> "DataFrame":
    """One row per subject as known on ``day``, shaped as ``model.columns(kind)``; raises FeedMissing as the build.

    ``few`` reads texts on the driver: for a handful of subjects, where starting workers would take the time.
    """
    built = person_files(feeds, day) if kind == "person" else enterprise_files(feeds, day)
    read = _titles(feeds, few) if kind == "person" else _scopes(feeds, few)
    if read is None:
        return built
    return _joined(built, read, _KEYS[kind], kind)


def _scopes(feeds: Feeds, few: bool) -> "DataFrame | None":
    if "enterprises" not in feeds:
        return None
    texts = feeds["enterprises"].where("scope IS NOT NULL").selectExpr("coalesce(name, '') AS name", "scope").distinct()
    return read_scopes(texts, here=few).withColumnsRenamed({"name": "_name", "scope": "_scope"})


def _titles(feeds: Feeds, few: bool) -> "DataFrame | None":
    if "employment" not in feeds:
        return None
    texts = feeds["employment"].where("occupation IS NULL AND job_title IS NOT NULL").select("job_title").distinct()
    return read_titles(texts, here=few).withColumnsRenamed({"job_title": "_title"})


def _joined(built: "DataFrame", read: "DataFrame", key: Mapping[str, str], kind: Kind) -> "DataFrame":
    unread = built.drop(*READ_COLUMNS[kind])
    keyed = unread.selectExpr("*", *[f"{text} AS {name}" for name, text in key.items()])
    return keyed.join(read, on=list(key), how="left").select(*columns(kind))
