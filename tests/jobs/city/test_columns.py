"""Calendar arithmetic on columns gives the dates that a calendar gives."""

import numpy as np

from jobs.city.columns import age_on, days, first_of_month, labels, on_in_year, serials, stacked, taken, years_after


def dates(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="M8[D]")


def test_a_leap_day_becomes_the_28th_where_the_year_has_none() -> None:
    assert (
        years_after(dates("2024-02-29", "2024-02-29"), np.array([1, 4])).tolist()
        == dates("2025-02-28", "2028-02-29").tolist()
    )


def test_years_may_go_back() -> None:
    assert str(years_after(dates("2026-11-22"), -10)[0]) == "2016-11-22"


def test_age_changes_on_the_birthday() -> None:
    assert age_on(dates("2008-11-22", "2008-11-23"), np.datetime64("2026-11-22")).tolist() == [18, 17]


def test_months_begin_on_the_first() -> None:
    assert first_of_month(dates("2026-12-31"), 1).tolist() == dates("2027-01-01").tolist()
    assert on_in_year(np.array([2026, 2027]), 9, 1).tolist() == dates("2026-09-01", "2027-09-01").tolist()


def test_part_of_a_day_does_not_count() -> None:
    assert days(np.array([1.99, -0.5])).astype(int).tolist() == [1, -1]


def test_nobody_has_no_label() -> None:
    assert labels(("female", "male"), np.array([1, -1, 0])).to_pylist() == ["male", None, "female"]


def test_serial_numbers_keep_their_width() -> None:
    assert serials("BJ", np.array([7, 4711]), 6).to_pylist() == ["BJ000007", "BJ004711"]


def test_rows_are_taken_and_stacked_in_order() -> None:
    table = {"a": np.array([1, 2, 3]), "b": np.array(["x", "y", "z"])}
    both = stacked([taken(table, np.array([2, 0])), taken(table, np.array([False, True, False]))])
    assert both["a"].tolist() == [3, 1, 2]
    assert both["b"].tolist() == ["z", "x", "y"]
