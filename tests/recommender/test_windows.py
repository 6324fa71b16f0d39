from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.catalogue import Catalogue, load
from recommender.terms import Window
from recommender.windows import Enrolment, enrolments, next_window


def with_windows(**windows: Window) -> Catalogue:
    """The catalogue in which these services have windows, and no others."""
    services = tuple(msgspec.structs.replace(service, window=windows.get(service.id)) for service in load().services)
    return msgspec.structs.replace(load(), services=services, by_id={service.id: service for service in services})


SPRING = with_windows(
    kindergarten_enrolment=Window("05-01", "05-31"), medical_insurance_enrolment=Window("10-01", "02-29")
)


@pytest.mark.parametrize(
    ("window", "day", "found"),
    [
        (Window("05-01", "05-31"), date(2026, 11, 22), (date(2027, 5, 1), date(2027, 5, 31))),
        (Window("05-01", "05-31"), date(2026, 5, 31), (date(2026, 5, 1), date(2026, 5, 31))),
        (Window("05-01", "05-31"), date(2026, 6, 1), (date(2027, 5, 1), date(2027, 5, 31))),
        (Window("10-01", "02-29"), date(2026, 12, 31), (date(2026, 10, 1), date(2027, 2, 28))),
        (Window("10-01", "02-29"), date(2028, 2, 29), (date(2027, 10, 1), date(2028, 2, 29))),
        (Window("10-01", "02-29"), date(2028, 3, 1), (date(2028, 10, 1), date(2029, 2, 28))),
    ],
)
def test_the_window_of_a_day_is_the_open_one_or_the_next(window: Window, day: date, found: tuple[date, date]) -> None:
    assert next_window(window, day) == found


def test_whoever_is_eligible_may_enrol_in_the_next_window() -> None:
    found = enrolments(["kindergarten_enrolment", "passport_renewal"], {}, date(2027, 4, 20), SPRING)
    assert found == (Enrolment("kindergarten_enrolment", date(2027, 5, 1), date(2027, 5, 31)),)


def test_an_application_since_the_last_window_settles_this_one_and_an_older_one_does_not() -> None:
    day, service = date(2027, 5, 10), "kindergarten_enrolment"
    assert enrolments([service], {service: date(2027, 5, 2)}, day, SPRING) == ()
    assert len(enrolments([service], {service: date(2026, 5, 31)}, day, SPRING)) == 1


def test_what_a_recurring_duty_asks_for_is_not_announced_twice() -> None:
    yearly = with_windows(annual_report_filing=Window("01-01", "06-30"))
    assert enrolments(["annual_report_filing"], {}, date(2027, 2, 1), yearly) == ()


def test_a_service_that_has_ended_opens_no_window() -> None:
    ended = msgspec.structs.replace(SPRING.service("kindergarten_enrolment"), valid_until=date(2027, 1, 1))
    catalogue = msgspec.structs.replace(SPRING, by_id={**SPRING.by_id, ended.id: ended})
    assert enrolments([ended.id], {}, date(2026, 11, 22), catalogue) == ()


MONTH_DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: day.strftime("%m-%d"))


@given(opens=MONTH_DAYS, closes=MONTH_DAYS, day=st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_no_day_is_later_than_the_close_of_its_window_nor_a_year_before_it_opens(
    opens: str, closes: str, day: date
) -> None:
    opens_on, closes_on = next_window(Window(opens, closes), day)
    assert opens_on <= closes_on
    assert day <= closes_on
    assert opens_on - timedelta(days=366) <= day
