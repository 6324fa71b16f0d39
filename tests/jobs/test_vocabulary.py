"""Columns of rows become the arrays that ranking reads, value by value."""

from datetime import date

import numpy as np
import pyarrow as pa

from jobs.vocabulary import acts_of, codes, days, flat, number_of, vocabulary
from recommender import catalogue
from recommender.mask import NEVER
from tagging import registry
from tagging.rules import UNKNOWN

DAY = date(2026, 7, 1)


def test_a_list_column_is_laid_flat_and_a_missing_list_is_empty() -> None:
    offsets, values = flat(pa.chunked_array([[["a"], None], [["b", "c"], []]], pa.list_(pa.string())))
    assert (offsets.tolist(), values.to_pylist()) == ([0, 1, 1, 3, 3], ["a", "b", "c"])


def test_days_count_from_1970_and_what_never_happened_is_never() -> None:
    found = days(pa.array([date(1970, 1, 2), None, date(9999, 12, 31)], pa.date32()))
    assert found.tolist() == [1, NEVER, NEVER]
    assert number_of(date(1970, 1, 2)) == 1


def test_texts_that_are_not_known_have_no_place() -> None:
    assert codes(pa.array(["b", None, "z"]), ("a", "b")).tolist() == [1, -1, -1]


def test_acts_keep_their_row_service_and_days() -> None:
    act = {
        "service": "y",
        "action": "dismissed",
        "acted_on": date(1970, 1, 3),
        "done_on": None,
        "open_until": date(1970, 1, 3),
    }
    shape = pa.list_(
        pa.struct(
            {"service": pa.string(), "action": pa.string()}
            | dict.fromkeys(("acted_on", "done_on", "open_until"), pa.date32())
        )
    )
    acts, actions = acts_of(pa.array([[], [act, {**act, "service": "?", "action": "applied"}]], shape), ("x", "y"))
    assert acts.rows.tolist() == [1, 1]
    assert acts.services.tolist() == [1, -1]
    assert acts.on.tolist() == acts.open_until.tolist() == [2, 2]
    assert acts.done_on.tolist() == [NEVER, NEVER]
    assert acts.dismissed.tolist() == [True, False]
    assert actions.tolist() == [4, 0]


def test_answers_stand_in_the_order_of_the_services_on_offer() -> None:
    words = vocabulary("person", registry.load(), catalogue.load(), DAY)
    nothing_known = np.full((2, len(words.matcher.atoms)), UNKNOWN, dtype=np.int8)
    assert words.answers(nothing_known).shape == (2, len(words.ids))
    assert list(words.ids) == sorted(words.ids)
    assert len(words.rests) == len(words.ids)


def test_tags_that_may_not_rank_are_left_out_of_the_rows() -> None:
    words = vocabulary("person", registry.load(), catalogue.load(), DAY)
    rows = words.tag_rows(pa.array([["disabled", "senior_60"], ["disabled"]]))
    assert rows.sum() == 1
    assert words.tags[rows.indices[0]] == "senior_60"
