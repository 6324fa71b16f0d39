"""Lints the words of messages: known placeholders, both languages, lengths, and nothing unsaid; it mends nothing.

Lengths and unsaid words are looked for in what would be sent: every document, duty and window of the catalogue is
written out, in both languages, ahead of its day, on it and after it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from string import Formatter

from profiles.model import Kind
from recommender.catalogue import Catalogue, Text
from recommender.delivery.letter import PRIVATE, Links, unsaid, written
from recommender.delivery.templates import Templates
from recommender.reminders import Rung, Thing, reminder_id

LOCALES = ("zh", "en")
KINDS = ("document", "duty", "opening", "closing", PRIVATE)
# A subject is read on a telephone's lock screen, a short text is one or two of a chat's lines.
MOST_SUBJECT = {"zh": 60, "en": 120}
MOST_SHORT = {"zh": 100, "en": 220}
_OF_A_THING = frozenset({"whose", "name", "when", "due_on", "how", "page", "phone", "authority", "helpline"})
_ANONYMOUS = frozenset({"when", "due_on", "page", "helpline"})
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LINKS = Links("https://portal.city.example/", "https://portal.city.example/v1/unsubscribe?token=t")
_DAY = date(2026, 11, 20)


def message_problems(catalogue: Catalogue, templates: Templates) -> Iterator[str]:
    """One sentence per fault of the words of messages."""
    faults = [*_placeholders(templates)]
    yield from faults
    if not faults:
        yield from dict.fromkeys(_written(catalogue, templates))


def samples(catalogue: Catalogue, today: date) -> Iterator[tuple[Kind, Rung]]:
    """A rung of every document, duty and window that the catalogue knows, a month before its day."""
    due_on = today + timedelta(days=30)
    for document in catalogue.documents.values():
        yield document.audience, rung_of("document", document.type, due_on, document.renewal_service or "")
    for duty in catalogue.duties:
        yield duty.audience, rung_of("duty", duty.code, due_on, duty.service)
    for service in catalogue.services:
        if service.window:
            yield service.audience, rung_of("window", service.id, due_on, service.id)
            opening = rung_of("window", service.id, due_on, service.id, closes_on=due_on + timedelta(days=30))
            yield service.audience, opening


def rung_of(thing: Thing, what: str, due_on: date, service: str, *, closes_on: date | None = None) -> Rung:
    """A rung of nobody's."""
    called = reminder_id(what, closes_on or due_on)
    return Rung("0" * 32, what, due_on, 30, due_on - timedelta(days=30), service, thing=thing, reminder=called)


def _placeholders(templates: Templates) -> Iterator[str]:
    frame = templates.frame
    if unknown := set(templates.kinds) ^ set(KINDS):
        yield f"messages/kinds.yaml: there is one template each of {', '.join(KINDS)}; see {', '.join(sorted(unknown))}"
    for kind, template in templates.kinds.items():
        allowed = _ANONYMOUS if kind == PRIVATE else _OF_A_THING
        texts = {name: getattr(template, name) for name in ("subject", "plain", "html", "short")}
        yield from _texts(f"messages/kinds.yaml, {kind}", texts, allowed)
        phrases = {name: getattr(template.when, name) for name in template.when.__struct_fields__}
        yield from _texts(f"messages/kinds.yaml, {kind}, when", phrases, frozenset({"days"}))
    where = "messages/letter.yaml"
    yield from _texts(where, {"several": frame.several}, frozenset({"subject", "more"}))
    yield from _texts(where, {"plain": frame.plain, "html": frame.html}, frozenset({"items", "page", "unsubscribe"}))
    hows = {name: getattr(frame.how, name) for name in frame.how.__struct_fields__}
    yield from _texts(f"{where}, how", hows, frozenset({"page", "service", "minutes", "hall", "hours"}))
    for name, text in (("plain", frame.plain), ("html", frame.html)):
        for locale in LOCALES:
            if not {"items", "unsubscribe"} <= _asked(text.say(locale)):
                yield f"{where}, {name}, {locale}: it must hold {{items}} and {{unsubscribe}}"


def _texts(where: str, texts: Mapping[str, Text], allowed: frozenset[str]) -> Iterator[str]:
    for name, text in texts.items():
        for locale in LOCALES:
            try:
                strange = _asked(text.say(locale)) - allowed
            except ValueError as wrong:
                yield f"{where}, {name}, {locale}: its braces do not match ({wrong})"
                continue
            if strange:
                known = ", ".join(sorted(allowed))
                yield f"{where}, {name}, {locale}: nothing fills {', '.join(sorted(strange))} in; known are {known}"
        if not text.zh.strip() or not text.en.strip() or _CHINESE.search(text.en):
            yield f"{where}, {name}: it is written once in Chinese and once in English"


def _asked(text: str) -> set[str]:
    """The placeholders of a text as written, conversions and all: none may reach into what fills it in."""
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in Formatter().parse(text)
        if name is not None
    }


def _written(catalogue: Catalogue, templates: Templates) -> Iterator[str]:
    for kind, rung in samples(catalogue, _DAY):
        for locale in LOCALES:
            for days in (-30, 0, 3):
                today = rung.due_on + timedelta(days=days)
                letter = written([rung], kind, locale, today, _LINKS, catalogue, templates)
                where = f"the message of {rung.what} in {locale}"
                if len(letter.subject) > MOST_SUBJECT[locale]:
                    yield f"{where}: its subject has {len(letter.subject)} letters, {MOST_SUBJECT[locale]} are the most"
                if len(letter.short) > MOST_SHORT[locale]:
                    yield f"{where}: its short text has {len(letter.short)} letters, {MOST_SHORT[locale]} are the most"
                said = f"{letter.subject}\n{letter.plain}\n{letter.html}\n{letter.short}"
                if kind == "person" and (words := unsaid(said, templates)):
                    yield f"{where}: it says {', '.join(words)}"
