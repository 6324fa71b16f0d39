"""The vacancies offered to whoever looks for work, in words; it decides nothing and ranks nothing.

None is told without personalisation, after its last day, once it was put away, or once every tag was deleted by which
the reader looks for work.
"""

from collections.abc import Iterator

from api import schemas
from api.locale import Locale
from api.reading import Reader, Words
from recommender import explain, page
from recommender.store import StoredHome
from recommender.vacancies.terms import policy
from recommender.wording import wording

FEED = "vacancies"


class Openings:
    """Says which vacancies are offered in the words of one catalogue."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def vacancies(self, shown: page.Page, stored: StoredHome, reader: Reader) -> Iterator[schemas.Vacancy]:
        """Those that can be applied for on the reader's day, the best first."""
        if not set(shown.seeks) - stored.choices.tags_deleted.keys():
            return
        for one in shown.vacancies:
            if one.closes_on >= reader.today and one.id not in stored.choices.vacancies:
                yield self._vacancy(one, reader)

    def _vacancy(self, one: page.Vacancy, reader: Reader) -> schemas.Vacancy:
        told = policy().because
        place = wording().name("divisions", one.division)
        return schemas.Vacancy(
            id=one.id,
            title=one.title,
            employer=one.employer,
            place=place.say(reader.locale) if place else "",
            education=education(one.education, reader.locale),
            wage=wage(one.wage_from, one.wage_to, reader.locale),
            places=one.places,
            closes_on=one.closes_on,
            days_left=(one.closes_on - reader.today).days,
            because=tuple(told[weight.tag].say(reader.locale) for weight in one.because if weight.tag in told),
            source=self._words.source(FEED, reader.locale),
            as_of=one.as_of,
        )


def education(least: str, locale: Locale) -> str:
    """What education a vacancy asks for.

    >>> education("college", "zh"), education("", "en")
    ('大学专科及以上学历', 'No particular education asked for')
    """
    if not least:
        return "No particular education asked for" if locale == "en" else "学历不限"
    name = explain.value("education", least, locale)
    return f"{name[:1].upper()}{name[1:]} or above" if locale == "en" else f"{name}及以上学历"


def wage(least: int, most: int, locale: Locale) -> str:
    """What a vacancy pays.

    >>> wage(8000, 12000, "zh"), wage(8000, 12000, "en"), wage(0, 0, "zh"), wage(6000, 6000, "en")
    ('月薪8000—12000元', '¥8,000–12,000 a month', '月薪面议', '¥6,000 a month')
    """
    low, high = least or most, max(least, most)
    if not high:
        return "Wage by agreement" if locale == "en" else "月薪面议"
    if locale == "en":
        return f"¥{low:,} a month" if low == high else f"¥{low:,}–{high:,} a month"
    return f"月薪{low}元" if low == high else f"月薪{low}—{high}元"
