"""Fills a message's words in: what a resident reads of their rungs, in their language; it sends nothing.

No identity number can stand in it, since none is at hand. What a person's health or hardship could be told from is not
named: its place is taken by the kind ``private``, which says a day and where to look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from profiles.model import Kind
from recommender.catalogue import Catalogue, Service, Text
from recommender.days import in_words
from recommender.delivery.templates import Template, Templates
from recommender.reminders import Rung

PRIVATE = "private"


@dataclass(frozen=True)
class Links:
    """Where the resident's page is, and where this channel is ended."""

    page: str
    unsubscribe: str


@dataclass(frozen=True)
class Letter:
    """A message in words. ``templates`` says which ones at which version, ``html`` is a whole document."""

    locale: str
    subject: str
    plain: str
    html: str
    short: str
    templates: tuple[str, ...]


def written(
    rungs: Sequence[Rung],
    kind: Kind,
    locale: str,
    today: date,
    links: Links,
    catalogue: Catalogue,
    templates: Templates,
) -> Letter:
    """The letter of a message's rungs, the first of which leads it."""
    kinds = [kind_of(rung, kind, catalogue, templates) for rung in rungs]
    filled = [
        _filled(rung, templates.kinds[name], kind, locale, today, links, catalogue, templates)
        for rung, name in zip(rungs, kinds, strict=True)
    ]
    subjects, plains, htmls, shorts = zip(*filled, strict=True)
    frame, more = templates.frame, len(rungs) - 1
    several = {"subject": subjects[0], "more": str(more)}
    outer = {"page": links.page, "unsubscribe": links.unsubscribe}
    used = dict.fromkeys(kinds)
    return Letter(
        locale=locale,
        subject=frame.several.say(locale).format_map(several) if more else subjects[0],
        plain=frame.plain.say(locale).format_map({**outer, "items": "\n\n".join(plains)}),
        html=frame.html.say(locale).format_map({**_escaped(outer), "items": "\n".join(htmls)}),
        short="\n".join(shorts),
        templates=(f"letter@{frame.version}", *(f"{name}@{templates.kinds[name].version}" for name in used)),
    )


def kind_of(rung: Rung, kind: Kind, catalogue: Catalogue, templates: Templates) -> str:
    """Which template speaks of a rung."""
    if kind == "person" and private(rung, catalogue, templates):
        return PRIVATE
    if rung.thing != "window":
        return rung.thing
    # A window's rung speaks of its first day or of its last, which its reminder is named after.
    return "closing" if rung.reminder.endswith(rung.due_on.isoformat()) else "opening"


def private(rung: Rung, catalogue: Catalogue, templates: Templates) -> bool:
    """Whether to name the thing, or whose office it is, would tell of health or hardship."""
    service = catalogue.by_id.get(rung.service)
    named = [name_of(rung, catalogue)]
    if service:
        named += [service.name, Text(zh=service.authority.zh, en=service.authority.en), service.channels.hall]
    flagged = rung.thing == "document" and catalogue.document(rung.what).private
    return flagged or any(unsaid(f"{text.zh}\n{text.en}", templates) for text in named)


def unsaid(text: str, templates: Templates) -> tuple[str, ...]:
    """The words in a text that no message to a person may hold."""
    low = text.lower()
    return tuple(word for word in templates.unsaid if word.lower() in low)


def name_of(rung: Rung, catalogue: Catalogue) -> Text:
    """What the thing of a rung is called."""
    return catalogue.service(rung.what).name if rung.thing == "window" else catalogue.due_name(rung.what)


def _filled(
    rung: Rung,
    template: Template,
    kind: Kind,
    locale: str,
    today: date,
    links: Links,
    catalogue: Catalogue,
    templates: Templates,
) -> tuple[str, str, str, str]:
    """(subject, plain, html, short) of one rung."""
    frame, service = templates.frame, catalogue.by_id.get(rung.service)
    phrase, days = template.when.said(rung.due_on, today)
    values = {
        "whose": frame.whose[kind].say(locale),
        "name": name_of(rung, catalogue).say(locale),
        "when": phrase.say(locale).format_map({"days": str(days)}),
        "due_on": in_words(rung.due_on, locale),
        "page": links.page,
        "helpline": frame.helpline,
        "phone": service.channels.phone if service else frame.helpline,
        "authority": service.authority.say(locale) if service else "",
    }
    values["how"] = _how(service, values["page"], locale, templates)
    safe = _escaped(values)
    texts = (template.subject, template.plain, template.short)
    subject, plain, short = (text.say(locale).format_map(values) for text in texts)
    return subject, plain, template.html.say(locale).format_map(safe), short


def _how(service: Service | None, page: str, locale: str, templates: Templates) -> str:
    how = templates.frame.how
    if service is None:
        return how.look.say(locale).format_map({"page": page})
    values = {
        "page": page,
        "service": service.name.say(locale),
        "minutes": str(service.minutes),
        "hall": service.channels.hall.say(locale),
        "hours": service.channels.hours.say(locale),
    }
    return (how.online if service.channels.online else how.counter).say(locale).format_map(values)


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(value) for name, value in values.items()}
