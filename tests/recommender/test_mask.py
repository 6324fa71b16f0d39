"""What is done, in progress or put away rests, for exactly as long as it should, and no future act is known."""

import numpy as np
import pytest

from recommender.mask import DISMISSED_DAYS, LONG_AGO, NEVER, Acts, done, held_back, rest_days, waiting

ONE_OFF, YEARLY, RENEWAL = 0, 1, 2
RESTS = rest_days([None, 12, None], [None, None, "PASSPORT"])
DAY = 20_000
ANY_TIME = np.full(3, LONG_AGO, dtype=np.int32)


def act(service: int, on: int, *, done_on: int = NEVER, open_until: int | None = None, dismissed: bool = False) -> Acts:
    days = (on, done_on, on if open_until is None else open_until)
    return Acts(
        np.array([0], "i4"), np.array([service], "i4"), *(np.array([d], "i4") for d in days), np.array([dismissed])
    )


def held_on(acts: Acts, day: int) -> list[bool]:
    return held_back(acts, RESTS, np.array([day], dtype=np.int32), ANY_TIME)[0].tolist()


@pytest.mark.parametrize(
    ("service", "days_later", "held"),
    [(ONE_OFF, 0, True), (ONE_OFF, 9_000, True), (YEARLY, 299, True), (YEARLY, 300, False), (RENEWAL, 180, False)],
)
def test_a_done_service_rests_until_it_comes_round(service: int, days_later: int, held: bool) -> None:
    assert held_on(act(service, DAY - 9, done_on=DAY), DAY + days_later)[service] is held


def test_what_was_done_in_the_last_window_does_not_rest_in_this_one() -> None:
    opened = np.array([LONG_AGO, DAY, LONG_AGO], dtype=np.int32)
    today = np.array([DAY + 20], dtype=np.int32)
    late, in_time = (act(YEARLY, DAY - 9, done_on=on) for on in (DAY - 1, DAY))
    assert [bool(held_back(acts, RESTS, today, opened)[0, YEARLY]) for acts in (late, in_time)] == [False, True]


def test_a_case_in_progress_is_held_back_from_its_day_until_it_ends() -> None:
    acts = act(YEARLY, DAY, open_until=DAY + 5)
    assert [held_on(acts, day)[YEARLY] for day in (DAY - 1, DAY, DAY + 4, DAY + 5)] == [False, True, True, False]


def test_what_was_put_away_comes_back_after_a_quarter() -> None:
    acts = act(ONE_OFF, DAY, dismissed=True)
    days = (DAY - 1, DAY, DAY + DISMISSED_DAYS - 1, DAY + DISMISSED_DAYS)
    assert [held_on(acts, day)[ONE_OFF] for day in days] == [False, True, True, False]


def test_looking_at_a_service_or_failing_at_it_holds_nothing_back() -> None:
    assert held_on(act(ONE_OFF, DAY), DAY + 1) == [False, False, False]


def test_a_service_we_do_not_know_holds_nothing_back() -> None:
    assert held_on(act(-1, DAY, done_on=DAY), DAY) == [False, False, False]


def test_what_was_done_stays_done_and_what_will_be_is_not_yet() -> None:
    acts = act(YEARLY, DAY - 9, done_on=DAY)
    found = [done(acts, 3, np.array([day], dtype=np.int32))[0].tolist() for day in (DAY - 1, DAY, DAY + 9_000)]
    assert found == [[False, False, False], [False, True, False], [False, True, False]]


def test_a_service_waits_until_all_that_it_requires_is_done_in_any_of_its_variants() -> None:
    first, first_of_the_district, second, last = range(4)
    needs = [[], [], [], [[first, first_of_the_district], [second]]]
    done_before = np.zeros((4, 4), dtype=bool)
    done_before[1, [first]] = done_before[2, [first, second]] = done_before[3, [first_of_the_district, second]] = True
    assert waiting(done_before, needs)[:, last].tolist() == [True, True, False, False]
    assert not waiting(done_before, needs)[:, :last].any()
