"""What jobs say of themselves."""

from jobs.run import Summary


def test_a_summary_is_one_line_with_its_note_last() -> None:
    line = Summary("publish", {"pages": 10_903}, "unchanged").line(6.04)
    assert line == "publish   pages 10,903 · 6.0 s · unchanged"
