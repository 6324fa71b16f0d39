"""Writes every letter that waits, and the one of a kind that an official wants to see; it sends nothing and takes none.

What delivery in the mode ``test`` does, and ``preview-message``.
"""

from collections import Counter
from datetime import date

from jobs.deliver import Deliverer
from profiles.errors import CatalogueError
from profiles.model import Kind
from recommender import catalogue as catalogues
from recommender.delivery import templates as words
from recommender.delivery.check import LOCALES, samples
from recommender.delivery.decide import Send, decide
from recommender.delivery.letter import Letter, Links, kind_of, written
from recommender.reminders import Rung


def rehearse(one: Deliverer) -> dict[str, int]:
    """What would be done now with all that waits: letters by channel, and what would wait or end, by why."""
    found: Counter[str] = Counter()
    for message in one.outbox.peek():
        page, choices = one.outbox.standing(message.subject)
        now = one.clock()
        decision = decide(message, page, choices, now, one.catalogue)
        if isinstance(decision, Send):
            one.parcel(message, decision, "", choices.locale or "zh", now)
            found[f"letters by {decision.channel.name}"] += 1
        else:
            found[f"not now ({decision.why})"] += 1
    return dict(sorted(found.items()))


def preview(name: str, locale: str, today: date) -> Letter:
    """The letter of ``name``: a kind of template, or a document's type, a duty's code or a window's service.

    Raises:
        CatalogueError: there is no such language, or nothing of that name to be reminded of.
    """
    if locale not in LOCALES:
        raise CatalogueError(f"expected a language of {', '.join(LOCALES)}, found {locale!r}")
    kind, rung = _sample(name, today)
    links = Links("https://portal.city.example/", "https://portal.city.example/v1/unsubscribe?token=...")
    return written([rung], kind, locale, today, links, catalogues.load(), words.load())


def _sample(name: str, today: date) -> tuple[Kind, Rung]:
    catalogue, templates = catalogues.load(), words.load()
    known = list(samples(catalogue, today))
    for kind, rung in known:
        if name in (rung.what, kind_of(rung, kind, catalogue, templates)):
            return kind, rung
    raise CatalogueError(
        f"nothing called {name!r} is reminded of: name one of {', '.join(templates.kinds)}, a document's type, "
        f"a duty's code or a service with a window"
    )


def lines(letter: Letter) -> list[str]:
    """A letter as an official reads it."""
    parts = {"subject": letter.subject, "plain": letter.plain, "html": letter.html, "short": letter.short}
    return [f"[{', '.join(letter.templates)}]", *(f"--- {name}\n{text}" for name, text in parts.items())]
