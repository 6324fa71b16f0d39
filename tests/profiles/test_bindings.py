"""A new supplier needs YAML alone; a binding that is wrong is told by file and line, and spoils no other."""

from datetime import date
from pathlib import Path

import pytest

from profiles import bindings, contracts
from profiles.bindings import Source
from profiles.errors import BindingError

AGREED = contracts.load()
VEHICLES = """\
feed: vehicles
supplier: testtown
name: {zh: 机动车, en: Vehicles}
path: deliveries/{day}/vehicles.csv
columns:
  person: 身份证号
  plate: 号牌
  registered_on: {from: 登记日期, formats: [yyyyMMdd]}
  as_of: {day: true}
"""


def write(folder: Path, text: str, name: str = "vehicles.yaml") -> Path:
    (folder / "testtown").mkdir(exist_ok=True)
    path = folder / "testtown" / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, old: str, new: str) -> str:
    assert old in VEHICLES
    with pytest.raises(BindingError) as error:
        bindings.read(write(folder, VEHICLES.replace(old, new, 1)), AGREED)
    return str(error.value)


def test_a_binding_maps_columns_constants_and_the_day(tmp_path: Path) -> None:
    binding = bindings.read(write(tmp_path, VEHICLES), AGREED)
    assert binding.columns == {
        "person": Source(columns=("身份证号",)),
        "plate": Source(columns=("号牌",)),
        "registered_on": Source(columns=("登记日期",), formats=("yyyyMMdd",)),
        "as_of": Source(day=True),
    }
    assert binding.source_columns == ("身份证号", "号牌", "登记日期")
    assert binding.delivery(Path("city"), date(2026, 3, 1)) == Path("city/deliveries/2026-03-01/vehicles.csv")


def test_every_binding_that_ships_fits_its_contract() -> None:
    suppliers = sorted(path.name for path in bindings.FOLDER.iterdir() if any(path.glob("*.yaml")))
    assert {"chicago", "shanghai"} <= set(suppliers)
    loaded, broken = bindings.load(suppliers, AGREED)
    assert broken == {}
    assert loaded


def test_chicagos_pulls_are_in_force_from_their_day_on() -> None:
    loaded, _ = bindings.load(["chicago"], AGREED)
    in_force = {day: [b.file.stem for b in loaded if b.in_force(day)] for day in (date(2020, 9, 15), date(2025, 9, 1))}
    assert in_force == {date(2020, 9, 15): ["permits"], date(2025, 9, 1): ["permits-2", "permits-3"]}


def test_an_unknown_column_is_told_with_line_and_nearest_name(tmp_path: Path) -> None:
    said = refused(tmp_path, "  plate: 号牌", "  plates: 号牌")
    assert said.endswith("vehicles.yaml, line 7: the contract vehicles has no column 'plates'. Did you mean 'plate'?")


def test_a_required_column_must_be_bound(tmp_path: Path) -> None:
    assert "vehicles requires plate, which this binding does not bind" in refused(tmp_path, "  plate: 号牌\n", "")


def test_an_unknown_feed_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    assert "line 1: there is no contract for 'vehicle'. Did you mean 'vehicles'?" in refused(
        tmp_path, "vehicles", "vehicle"
    )


def test_a_key_that_means_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, "path:", "paths: x\npath:")
    assert "line 4: 'paths' means nothing here. Did you mean 'path'?" in said


def test_a_column_has_one_source(tmp_path: Path) -> None:
    assert "needs exactly one of from, constant and day" in refused(tmp_path, "{day: true}", "{day: true, constant: x}")


def test_malformed_yaml_is_told_by_its_line(tmp_path: Path) -> None:
    assert "vehicles.yaml, line 7, is not YAML" in refused(tmp_path, "  plate: 号牌", "  plate: 号牌: x")


def test_one_malformed_binding_does_not_spoil_the_others(tmp_path: Path) -> None:
    write(tmp_path, VEHICLES)
    write(tmp_path, "feed: [", "housing_fund-2.yaml")
    loaded, broken = bindings.load(["testtown"], AGREED, tmp_path)
    assert [binding.feed for binding in loaded] == ["vehicles"]
    assert list(broken) == ["housing_fund"]


def test_an_unknown_supplier_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, VEHICLES)
    with pytest.raises(BindingError, match=r"no supplier 'testown'.*Did you mean 'testtown'\?"):
        bindings.load(["testown"], AGREED, tmp_path)
