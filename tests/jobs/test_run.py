"""What jobs say of themselves."""

import doctest

import jobs.run
from jobs.run import Summary


def test_a_summary_is_one_line_with_its_note_last() -> None:
    line = Summary("publish", {"pages": 10_903}, "unchanged").line(6.04)
    assert line == "publish   pages 10,903 · 6.0 s · unchanged"


def test_the_examples_in_the_docstrings_hold() -> None:
    tried = doctest.testmod(jobs.run)
    assert (tried.failed, tried.attempted) == (0, 2)
