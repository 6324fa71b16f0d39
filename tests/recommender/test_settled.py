from datetime import date

from recommender.settled import settled

DAY = date(2026, 11, 22)


def case(status: str, applied_on: date, finished_on: date | None = None) -> dict[str, object]:
    return {"service": "passport_renewal", "status": status, "applied_on": applied_on, "finished_on": finished_on}


def test_an_open_case_is_seen_to_today() -> None:
    assert settled([case("in_progress", date(2026, 11, 1))], {}, DAY) == {"passport_renewal": DAY}


def test_a_finished_case_is_seen_to_on_its_last_day() -> None:
    assert settled([case("done", date(2026, 10, 1), date(2026, 10, 9))], {}, DAY) == {
        "passport_renewal": date(2026, 10, 9)
    }
    assert settled([case("done", date(2026, 10, 1))], {}, DAY) == {"passport_renewal": date(2026, 10, 1)}


def test_a_case_that_failed_was_withdrawn_or_is_still_to_come_settles_nothing() -> None:
    cases = [case("failed", date(2026, 10, 1)), case("withdrawn", date(2026, 10, 1)), case("done", date(2026, 11, 23))]
    assert settled(cases, {}, DAY) == {}


def test_the_newest_of_what_was_done_and_said_counts() -> None:
    cases = [case("done", date(2016, 10, 1), date(2016, 10, 9)), case("done", date(2026, 3, 1), date(2026, 3, 9))]
    said = {"passport_renewal": date(2026, 1, 1), "senior_card": date(2026, 11, 30)}
    assert settled(cases, said, DAY) == {"passport_renewal": date(2026, 3, 9)}
    assert settled(None, {}, DAY) == {}
