"""Says a clause, a tag or an open question in Chinese or English; it never decides anything and loads no engine.

A clause is the canonical text of one atom (``holds('HKM_PERMIT')``, ``sex = 'female'``), with ``NOT`` before it where
the atom must not hold, as ``eligibility`` names it and the page stores it. A clause has a sentence of its own in the
catalogue's ``sentences.yaml``, or is put into the template of its word in tagging's ``words.yaml``.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from profiles.model import ENTERPRISE_COLUMNS, PERSON_COLUMNS, Kind
from recommender.corrections import owner_of
from recommender.days import in_words
from recommender.wording import Wording, wording

AND = "+"  # between the two tags in the id of a pair
# What the arguments of a domain word are called after; a plain number stands for itself.
_ARGUMENTS = {
    "holds": "documents",
    "expires_within": "documents",
    "expired_within": "documents",
    "has": "links",
    "within_days_of": "events",
    "has_done": "services",
    "lives_in": "divisions",
    "registered_in": "divisions",
    "employed_as": "occupations",
    "industry_in": "industries",
    "trade_in": "industries",
    "needs_permit": "documents",
    "tag": "tags",
}
_ENTERPRISE_WORDS = ("industry_in", "trade_in", "needs_permit", "report_due")
_SEVERAL = ("lives_in", "registered_in", "employed_as", "industry_in", "trade_in", "in")  # {0} or {1} is all of them
# Facts whose values are codes of a standard.
_CODED = {
    "hukou_division": "divisions",
    "residence_division": "divisions",
    "division": "divisions",
    "occupation": "occupations",
    "industry": "industries",
}
_TYPES = {**PERSON_COLUMNS, **ENTERPRISE_COLUMNS}
_FAMILY_OF_READ = {
    "fact": "columns",
    "document": "documents",
    "link": "links",
    "event": "questions",
    "case": "services",
    "tag": "tags",
}

_CALL = re.compile(r"(?P<word>\w+)\((?P<args>.*)\)")
_ARGUMENT = re.compile(r"'(?P<text>[^']*)'|(?P<number>-?\d+)")
_AGE = re.compile(r"aged_(?P<years>\d+)")
_NULL = re.compile(r"(?P<column>\w+) IS NULL")
_IN = re.compile(r"(?P<column>\w+) IN \((?P<values>.+)\)")
_BETWEEN = re.compile(r"(?P<column>\w+) BETWEEN (?P<low>.+) AND (?P<high>.+)")
_COMPARED = re.compile(r"(?P<column>\w+) (?P<word>=|<>|<=|>=|<|>|LIKE) (?P<value>.+)")
_DAY = re.compile("as_of|DATE ")
_SHIFTED = re.compile(r"as_of (?P<sign>[+-]) INTERVAL (?P<amount>\d+) (?P<unit>DAY|MONTH|YEAR)")


@dataclass(frozen=True)
class Said:
    """A clause taken apart: the template's word, its arguments as texts, and the column where it compares one."""

    word: str
    args: tuple[str, ...]
    column: str = ""


def sentence(clause: str, locale: str, kind: str | None = None) -> str:
    """The clause as a sentence to the subject; the clause itself where its words have no names.

    ``kind`` says whether a person or an enterprise is spoken to; where it is not given, the clause's own words tell.

    >>> sentence("expires_within('HKM_PERMIT', 30)", "zh")
    '您持有的往来港澳通行证将于30天内到期'
    >>> sentence("NOT holds('PASSPORT')", "en")
    'You hold no valid document of this kind: passport'
    """
    return _sentence(clause, locale, kind) or clause


def speaks(clause: str, locale: str, kind: str | None = None) -> bool:
    """Whether every part of the clause has a name in the language, so that ``sentence`` is one."""
    return _sentence(clause, locale, kind) is not None


@lru_cache(maxsize=65_536)
def tag_name(tag: str, locale: str) -> str:
    """What a tag is called, or a pair of tags that weighs more together; its id where no registry file names it.

    >>> tag_name("new_parent", "en"), tag_name("new_parent+driver", "zh")
    ('New parent', '新手父母且持证驾驶人')
    """
    named = [wording().name("tags", one) for one in tag.split(AND)]
    if not all(named):
        return tag
    return (" and " if _english(locale) else "且").join(name.say(locale) for name in named if name)


def likely_reason(tag: str, locale: str) -> str:
    """What makes something likely: a tag, or an age as learning names it (``aged_20``).

    >>> likely_reason("new_parent", "en"), likely_reason("aged_20", "zh")
    ('New parent', '您已年满20周岁')
    """
    age = _AGE.fullmatch(tag)
    return sentence(f"aged({age['years']})", locale) if age else tag_name(tag, locale)


@lru_cache(maxsize=4096)
def source_name(feed: str, locale: str) -> str:
    """The department that shares a feed; the feed's own name where none is known."""
    name = wording().catalogue.sources.get(feed)
    return name.say(locale) if name else feed


@lru_cache(maxsize=4096)
def question(read: str, locale: str) -> str:
    """What is still to be known, as a noun: ``fact:birth_date`` is the date of birth.

    >>> question("document:HKM_PERMIT", "zh"), question("fact:birth_date", "en")
    ('往来港澳通行证', 'date of birth')
    """
    family, _, key = read.partition(":")
    name = wording().name(_FAMILY_OF_READ.get(family, family), key)
    return name.say(locale) if name else key


def event(kind: str, locale: str) -> str:
    """What happened, as a sentence to whom it happened; its code where it has no name.

    >>> event("moved", "en"), event("birth", "zh")
    ('You moved', '您的孩子出生')
    """
    name = wording().name("events", kind)
    text = name.say(locale) if name else kind
    return text[:1].upper() + text[1:]


def value(fact: str, text: str, locale: str) -> str:
    """What a fact's value is called; the value itself where it has no other name.

    >>> value("sex", "female", "zh"), value("hukou_division", "310115", "en"), value("vehicles", "1", "en")
    ('女', 'Pudong', '1')
    >>> value("birth_date", "1951-03-08", "zh"), value("housing_fund_balance", "83212.5", "en")
    ('1951年3月8日', '83,212.50')
    """
    with suppress(ValueError):
        if _TYPES.get(fact) == "DATE":
            return in_words(date.fromisoformat(text), locale)
        if _TYPES.get(fact) == "DOUBLE":
            return f"{float(text):,.2f}".removesuffix(".00")
    family = _CODED.get(fact)
    name = wording().name(family, text) if family else wording().name("values", f"{fact}={text}")
    return name.say(locale) if name else text


def holder(read: str, kind: Kind, locale: str) -> str:
    """The department whose word something still to be known is; "" where nobody is named for it.

    >>> holder("fact:pension_status", "person", "en"), holder("event:marriage", "person", "zh")
    ('Social Insurance Centre', '市卫生健康委员会、市民政局')
    """
    feed = owner_of(read, kind)
    return source_name(feed, locale) if feed else ""


@lru_cache(maxsize=65_536)
def _sentence(clause: str, locale: str, kind: str | None) -> str | None:
    words = wording()
    if (own := words.catalogue.sentences.get(clause)) is not None:
        return own.say(locale)
    holds = not clause.startswith("NOT ")
    said = _taken_apart(clause.removeprefix("NOT "))
    if said is None:
        return None
    dated = any(_DAY.match(arg) for arg in said.args)
    template = words.template(said.word, kind or _spoken_to(said, words), holds, dated=dated)
    parts = _parts(said, words, locale)
    if template is None or any(part is None for part in parts):
        return None
    text = template.say(locale).format(*parts)
    return text[:1].upper() + text[1:] if _english(locale) else text


def _taken_apart(code: str) -> Said | None:
    if code == "TRUE":
        return Said("true", ())
    if match := _CALL.fullmatch(code):
        found = _ARGUMENT.finditer(match["args"])
        return Said(match["word"], tuple(arg["number"] or arg["text"] for arg in found))
    if match := _NULL.fullmatch(code):
        return Said("is_null", (), match["column"])
    if match := _IN.fullmatch(code):
        return Said("in", tuple(arg[0] for arg in _ARGUMENT.finditer(match["values"])), match["column"])
    if match := _BETWEEN.fullmatch(code):
        return Said("between", (match["low"], match["high"]), match["column"])
    if match := _COMPARED.fullmatch(code):
        return Said(match["word"].lower(), (match["value"],), match["column"])
    return None


def _parts(said: Said, words: Wording, locale: str) -> list[str | None]:
    if not said.column:
        family = _ARGUMENTS.get(said.word)
        named = [_argument(arg, family, words, locale) for arg in said.args]
        return [_joined(named, locale)] if said.word in _SEVERAL else named
    column = words.name("columns", said.column)
    values = [_value(value, said.column, words, locale) for value in said.args]
    return [column.say(locale) if column else None, *([_joined(values, locale)] if said.word in _SEVERAL else values)]


def _argument(arg: str, family: str | None, words: Wording, locale: str) -> str | None:
    if family is None or (arg.isdigit() and family in ("documents", "events")):
        return arg
    name = words.name(family, arg)
    return name.say(locale) if name else None


def _value(value: str, column: str, words: Wording, locale: str) -> str | None:
    text = value.removeprefix("DATE ").strip("'")
    if shift := _SHIFTED.fullmatch(value):
        apart = words.name("days", "after" if shift["sign"] == "+" else "before")
        unit = words.name("days", shift["unit"])
        return apart.say(locale).format(shift["amount"], unit.say(locale)) if apart and unit else None
    if value == "as_of":
        today = words.name("days", "today")
        return today.say(locale) if today else None
    if value.startswith("DATE "):
        return in_words(date.fromisoformat(text), locale)
    coded = words.name("values", f"{column}={text}") or words.name("columns", value)
    return coded.say(locale) if coded else text.strip("%")


def _joined(parts: list[str | None], locale: str) -> str | None:
    known = [part for part in dict.fromkeys(parts) if part is not None]
    if not known or None in parts:
        return None
    *others, last = known
    comma, word = (", ", " or ") if _english(locale) else ("、", "或")
    return f"{comma.join(others)}{word}{last}" if others else last


def _spoken_to(said: Said, words: Wording) -> str:
    """Whom the clause speaks of, by its own words; a person where they leave it open."""
    if said.word in _ENTERPRISE_WORDS:
        return "enterprise"
    if said.column:
        return words.columns.get(said.column, "person")
    if said.word == "tag":
        return words.tags.get(said.args[0], ("person",))[0]
    if said.word == "has_done" and (service := words.catalogue.by_id.get(said.args[0])):
        return service.audience
    if _ARGUMENTS.get(said.word) == "documents" and (document := words.catalogue.documents.get(said.args[0])):
        return document.audience
    return "person"


def _english(locale: str) -> bool:
    return locale.lower().startswith("en")
