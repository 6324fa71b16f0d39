"""Deliveries under the departments' own headers."""

import numpy as np
import pyarrow as pa
import pytest
import yaml

from jobs.city.town import Town
from jobs.city.write import BINDINGS, layouts, texts
from profiles import bindings, contracts


def test_the_city_has_a_binding_for_each_of_its_feeds() -> None:
    assert len(layouts()) == 25
    assert all(
        file.stem == yaml.safe_load(file.read_text(encoding="utf-8"))["feed"] for file in BINDINGS.glob("*.yaml")
    )


def test_the_profiles_accept_every_binding_of_the_city() -> None:
    loaded, broken = bindings.load(["city"], contracts.load())
    assert not broken
    assert sorted(binding.feed for binding in loaded) == sorted(layouts())


def test_every_header_is_chinese_and_stands_once_in_its_feed() -> None:
    for layout in layouts().values():
        headers = [*layout.headers.values(), *layout.extra]
        assert len(set(headers)) == len(headers), layout.feed
        assert all("\u4e00" <= header[0] <= "\u9fff" for header in headers)


def test_texts_are_dates_in_the_departments_form_and_nulls_stay_null() -> None:
    columns = {
        "event_id": np.array(["MZ1", "MZ2"], dtype=object), "kind": np.array(["birth", "death"], dtype=object),
        "person": np.array([0, 1]), "other": np.array([1, -1]),
        "happened_on": np.array(["2024-02-29", "2025-01-01"], dtype="M8[D]"),
        "as_of": np.array(["2024-03-01", "NaT"], dtype="M8[D]"),
    }  # fmt: skip
    table = texts(layouts()["vital_events"], columns, pa.array(["a", "b"]), pa.array([], type=pa.string()))
    assert table.column("happened_on").to_pylist() == ["2024年02月29日", "2025年01月01日"]
    assert table.column("as_of").to_pylist() == ["2024年03月01日", None]
    assert table.column("person").to_pylist() == ["a", "b"]
    assert table.column("other").to_pylist() == ["b", None]


@pytest.mark.parametrize("feed", sorted(layouts()))
def test_a_feed_has_every_column_that_its_binding_maps(feed: str, town: Town) -> None:
    layout = layouts()[feed]
    columns = town.roll.columns if feed == "school_roll" else town.feeds[feed]
    assert sorted(columns) == sorted(layout.headers)
