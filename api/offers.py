"""What a subject is offered and what is ahead of it, in words; whatever it dismissed, did or is doing is taken out.

It decides nothing else: who is eligible and in what order was decided when the page was built.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from api import schemas
from api.locale import Locale
from api.reading import Reader, Words, page_of, personalised_for
from api.reweighed import reweighed
from api.spared import Spared
from recommender import bundles, explain, page
from recommender.store import StoredHome
from recommender.terms import Sharers

_REMEMBERED = 20_000

By = Literal["", "other_parent", "spouse"]
_BY: Mapping[Sharers, By] = {"parents": "other_parent", "spouses": "spouse"}


class Offers:
    """Says what is offered in the words of one catalogue."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._spared = Spared(words.catalogue)
        self._bundle_of = {bundle.id: bundle for bundle in words.catalogue.bundles}
        # Subjects who stand alike in a bundle share one answer, but for the reasons.
        self._told = lru_cache(_REMEMBERED)(self._tell)

    def suggested(self, stored: StoredHome, reader: Reader) -> tuple[schemas.Suggestion, ...]:
        """All suggestions, the best first."""
        if personalised_for(stored):
            return tuple(self._personal(page_of(stored, reader), stored, reader))
        return tuple(self._popular(stored, reader))

    def bundles(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Bundle]:
        holding = self._spared.holding(shown.kind, shown.held)
        for progress in shown.bundles:
            done = frozenset((*progress.done, *stored.choices.done))
            settled = (progress.in_progress, progress.not_for_you, tuple(progress.instead.items()))
            theirs = frozenset(progress.by_other).difference(stored.choices.done)
            if told := self._told(progress.bundle, done, *settled, theirs, reader.locale, reader.today):
                reasons = tuple(self._words.reason(reason, reader) for reason in progress.reasons)
                begin = tuple(step.card.service for step in told.steps if step.state in ("next", "later"))
                papers = self._spared.together(begin, holding, reader.locale)
                yield msgspec.structs.replace(told, reasons=reasons, papers=papers)

    def _tell(
        self,
        called: str,
        done: frozenset[str],
        in_progress: tuple[str, ...],
        not_for_you: tuple[str, ...],
        instead: tuple[tuple[str, str], ...],
        theirs: frozenset[str],
        locale: Locale,
        today: date,
    ) -> schemas.Bundle | None:
        """A bundle without reasons and papers, in which another did ``theirs``; None where nothing of it is left, or
        the catalogue no longer has it."""
        known = self._bundle_of.get(called)
        if known is None:
            return None
        bundle = bundles.localised(known, dict(instead))
        standing = bundles.standing(bundle, done, in_progress, not_for_you)
        if standing.finished:
            return None
        settled = [step.service for step in standing.steps if step.state in ("done", "not_for_you")]
        one_by_one, side_by_side = bundles.working_days(bundle, self._words.catalogue.by_id, settled)
        other = _BY[bundle.shared_by] if bundle.shared_by else ""
        return schemas.Bundle(
            id=bundle.id,
            name=bundle.name.say(locale),
            description=bundle.description.say(locale),
            done=standing.done,
            total=standing.total,
            steps=tuple(
                schemas.Step(
                    card,
                    step.state,
                    step.waits_for,
                    self._words.opens_on(step.service, today),
                    other if step.service in theirs else "",
                )
                for step in standing.steps
                if (card := self._words.card_on(step.service, locale, today))
            ),
            papers=(),
            days=side_by_side,
            days_one_by_one=one_by_one,
            reasons=(),
        )

    def questions(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Question]:
        hidden = _hidden(shown, stored)
        for question in shown.questions:
            card = self._words.card(question.service, reader)
            if card and question.service not in hidden and self._words.open(question.service, reader):
                asks = tuple(explain.question(read, reader.locale) for read in question.asks)
                holder = explain.holder(question.asks[0], shown.kind, reader.locale) if question.asks else ""
                yield schemas.Question(card, tuple(dict.fromkeys(asks)), holder)

    def ahead(self, stored: StoredHome, reader: Reader) -> tuple[schemas.Ahead, ...]:
        """What is still to come on the reader's day; nothing without personalisation, for it is told from tags."""
        if stored.shown is None or not stored.choices.personalised:
            return ()
        deleted = stored.choices.tags_deleted
        coming = (one for one in stored.shown.ahead if one.day > reader.today and one.tag not in deleted)
        return tuple(self._change(one, reader) for one in coming)

    def likely(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Likely]:
        """The guesses that have not run out on the reader's day, but for those that a deleted tag led to."""
        for one in shown.likely:
            if one.until >= reader.today and not stored.choices.tags_deleted.keys() & {one.tag, *one.because}:
                because = tuple(explain.likely_reason(tag, reader.locale) for tag in one.because)
                yield schemas.Likely(explain.tag_name(one.tag, reader.locale), one.until, because)

    def _personal(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Suggestion]:
        hidden = _hidden(shown, stored)
        holding = self._spared.holding(shown.kind, shown.held)
        for offered in reweighed(shown.suggestions, stored.choices.tags_deleted):
            card = self._words.card(offered.service, reader)
            if card and offered.service not in hidden and self._words.open(offered.service, reader):
                because = tuple(
                    schemas.Weight(explain.tag_name(w.tag, reader.locale), round(w.weight, 4)) for w in offered.because
                )
                reasons = tuple(self._words.reason(reason, reader) for reason in offered.reasons)
                prefill = self._spared.get(offered.service, holding, reader.locale) if holding else None
                yield schemas.Suggestion(card, round(offered.probability, 4), reasons, because, prefill)

    def _popular(self, stored: StoredHome, reader: Reader) -> Iterator[schemas.Suggestion]:
        """What everyone of this kind sees; only the subject's own dismissals are taken out."""
        for service in stored.popular.get(reader.subject.kind, ()):
            card = self._words.card(service, reader)
            if card and service not in stored.choices.dismissed and self._words.open(service, reader):
                yield schemas.Suggestion(card, None, (), (), None)

    def _change(self, one: page.Ahead, reader: Reader) -> schemas.Ahead:
        facts = tuple(
            schemas.Fact(
                explain.question(fact.read, reader.locale), self._words.source(fact.source, reader.locale), fact.as_of
            )
            for fact in one.facts
        )
        name = explain.tag_name(one.tag, reader.locale)
        return schemas.Ahead(one.day, (one.day - reader.today).days, name, one.gained, facts)


def _hidden(shown: page.Page, stored: StoredHome) -> set[str]:
    return {*stored.choices.dismissed, *stored.choices.done, *(case.service for case in shown.in_progress)}
