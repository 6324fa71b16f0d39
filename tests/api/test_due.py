from datetime import date

import pytest

from api.cards import Cards
from api.join import Join
from api.locale import Locale
from api.reading import Reader
from api.schemas import Due
from recommender.acting import Subject
from recommender.catalogue import load
from recommender.choices import Choices, Notice
from recommender.generation import Generation
from recommender.page import DueItem, Page
from recommender.store import StoredHome

DAY = date(2027, 4, 20)
SCHOOL = "kindergarten_enrolment"
MAY = DueItem(
    SCHOOL, date(2027, 5, 31), SCHOOL, announce_from=date(2027, 4, 16), opens_on=date(2027, 5, 1), estimated=True
)
PERMIT = DueItem("HKM_PERMIT", date(2027, 5, 10), "hkm_permit_renewal")
JOIN = Join(load(), Cards(load()), lambda owner, field, text: text)


def stored(*items: DueItem, choices: Choices | None = None, inbox: tuple[Notice, ...] = ()) -> StoredHome:
    page = Page("person", DAY, due=items)
    return StoredHome(Generation(DAY, 1, "beef"), page, page, choices or Choices(), inbox, {})


def due(home: StoredHome, today: date = DAY, locale: Locale = "zh") -> tuple[Due, ...]:
    return JOIN.home(home, Reader(Subject("a" * 32), locale, today)).due


@pytest.mark.parametrize(
    ("today", "zh", "en"),
    [
        (DAY, "将于5月1日开始，5月31日截止", "open from 1 May to 31 May"),
        (date(2027, 5, 1), "已开始，5月31日截止", "open until 31 May"),
        (date(2027, 5, 24), "还有7天截止", "closes in 7 days"),
        (date(2027, 5, 31), "今天截止", "closes today"),
    ],
)
def test_a_window_says_when_it_opens_and_when_it_closes(today: date, zh: str, en: str) -> None:
    name = load().service(SCHOOL).name
    [found] = due(stored(MAY), today)
    assert (found.name, found.sentence, found.opens_on) == (name.zh, name.zh + zh, date(2027, 5, 1))
    assert [one.sentence for one in due(stored(MAY), today, "en")] == [f"{name.en}: {en}"]


def test_a_window_is_shown_from_its_announcement_until_it_closes() -> None:
    assert due(stored(MAY), date(2027, 4, 15)) == ()
    assert due(stored(MAY), date(2027, 6, 1)) == ()


def test_a_long_window_is_shown_when_it_opens_and_before_it_closes() -> None:
    half = DueItem(SCHOOL, date(2027, 6, 30), SCHOOL, opens_on=date(2027, 1, 1))
    days = [date(2027, 1, 31), date(2027, 2, 1), date(2027, 5, 30), date(2027, 5, 31)]
    assert [len(due(stored(half), day)) for day in days] == [1, 0, 0, 1]


@pytest.mark.parametrize(
    "choices",
    [Choices(dismissed={SCHOOL: DAY}), Choices(done={SCHOOL: DAY}), Choices(personalised=False)],
    ids=["put away", "done", "not personalised"],
)
def test_a_window_is_an_offer_that_can_be_put_away_and_a_document_is_not(choices: Choices) -> None:
    assert [one.what for one in due(stored(MAY, PERMIT, choices=choices))] == ["HKM_PERMIT"]


def test_an_estimate_says_so() -> None:
    assert [one.note for one in due(stored(PERMIT, MAY))] == [
        "",
        "2027年节假日安排尚未公布，工作日按周末和法定节假日估算",
    ]
    [english] = due(stored(MAY), locale="en")
    assert english.note == "The holidays of 2027 are not published yet: working days are estimated"


def test_a_window_was_reminded_of_when_either_of_its_days_was() -> None:
    opening = Notice("r1", SCHOOL, date(2027, 5, 1), 14, date(2027, 4, 16), SCHOOL)
    closing = Notice("r2", SCHOOL, date(2027, 5, 31), 7, date(2027, 5, 24), SCHOOL)
    [found] = due(stored(MAY, inbox=(opening, closing)))
    assert found.reminded_on == date(2027, 5, 24)


def test_a_day_of_another_year_is_named_with_its_year() -> None:
    winter = DueItem(SCHOOL, date(2028, 2, 29), SCHOOL, opens_on=date(2027, 10, 1))
    [found] = due(stored(winter), date(2027, 9, 20))
    assert found.sentence.endswith("将于10月1日开始，2028年2月29日截止")
