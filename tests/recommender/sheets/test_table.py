"""Rows keep the line that they begin on; a file that is no list says why."""

import re
from pathlib import Path

import pytest

from recommender.sheets.table import rows
from tests.recommender.sheets.by_hand import OFFICE

COLUMNS = OFFICE.columns
ID, PAPERS = COLUMNS.by_path("id"), COLUMNS.by_path("evidence")


def test_a_row_is_found_by_the_line_that_it_begins_on() -> None:
    found, faults = rows(b'id,evidence\r\na,"one\ntwo"\r\n,\r\nb,three\r\n', COLUMNS)
    assert faults == []
    assert [(row.line, row.cells) for row in found] == [
        (2, {ID: "a", PAPERS: "one\ntwo"}),
        (5, {ID: "b", PAPERS: "three"}),
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "line 1: expected a first line with the names of the columns, got nothing"),
        ("事项编码,事项代号\na,b\n".encode(), "line 1, column 事项代号: expected a column that CONTRIBUTING.md names"),
        ("事项编码,id\na,b\n".encode(), "line 1, column 事项编码 (id): expected each column once, got it 2 times"),
        (b"id,trips\na,1,2\n", "line 2: expected 2 cells as in the first line, got 3"),
        (b"id\n\xff\xff\n", "line 1: expected a CSV file in UTF-8 or GB18030, got "),
        (b'id\n"a\n', "line 1: expected a CSV file in UTF-8 or GB18030, got unexpected end of data"),
    ],
)
def test_a_file_that_is_no_list_says_why(raw: bytes, said: str) -> None:
    _, faults = rows(raw, COLUMNS)
    assert str(faults[0]).startswith(said)


def test_columns_have_two_names_each_and_no_two_the_same() -> None:
    assert len(COLUMNS.by_name) == 2 * len(COLUMNS.all)
    assert len({column.path for column in COLUMNS.all}) == len(COLUMNS.all)


def test_contributing_names_every_column_in_both_languages_and_those_that_are_needed() -> None:
    told = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for column in COLUMNS.all:
        name = column.zh.removesuffix("（英文）")
        assert (f"**{name}**" in told) is column.required, column.shown
        assert name in told
        assert re.search(rf"\b{column.en}\b", told), column.shown
