"""A subject's cases of help in words; a pure function of choices and day."""

from collections.abc import Iterator

from api import schemas
from api.reading import Reader, Words
from recommender.helping import FIELD, Help, rules
from recommender.store import StoredHome


class Helped:
    """Says how cases of help stand in the words of one catalogue."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def cases(self, stored: StoredHome, reader: Reader) -> schemas.HelpCases:
        """All of them, the newest first."""
        newest = sorted(stored.choices.help.items(), key=lambda one: (one[1].opened_on, one[0]), reverse=True)
        return schemas.HelpCases(reader.today, tuple(self._case(number, case, reader) for number, case in newest))

    def _case(self, number: str, case: Help, reader: Reader) -> schemas.HelpCase:
        card = self._words.cards.get(case.service, reader.locale)
        return schemas.HelpCase(
            number=number,
            service=case.service,
            name=card.name if card else case.service or rules().site.say(reader.locale),
            reason=rules().named(case.reason).say(reader.locale) if case.reason else "",
            opened_on=case.opened_on,
            answer_by=case.answer_by,
            late=case.late(reader.today),
            steps=tuple(_steps(case, reader)),
            reply=self._words.unsealed(reader.subject.shown, FIELD, case.reply) if case.reply else "",
            closed_on=case.closed_on,
        )


def _steps(case: Help, reader: Reader) -> Iterator[schemas.HelpStep]:
    for step in rules().of(case.about):
        yield schemas.HelpStep(rules().steps[step].say(reader.locale), case.due_on(step), case.done.get(step))
