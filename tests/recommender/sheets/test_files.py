"""Entries become YAML that reads back as the same services; a change touches its own lines and no other."""

import shutil
from difflib import ndiff
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest
from typer.testing import CliRunner

from profiles.errors import CatalogueError
from recommender import catalogue
from recommender.__main__ import app
from recommender.catalogue import DATA, load
from recommender.sheets.files import changed_files, new_file
from recommender.sheets.imported import Office, new_services
from recommender.sheets.listed import listed
from tests.recommender.sheets.by_hand import OFFICE, sheet, sound


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(DATA, tmp_path / "data")


def test_a_list_of_everything_written_as_one_file_reads_back_as_the_same_services(copy: Path) -> None:
    bare = msgspec.structs.replace(load(), services=(), bundles=(), by_id=MappingProxyType({}))
    whole = listed(load().services, OFFICE.columns).encode()
    read = new_services(whole, Office(bare, OFFICE.authorities, OFFICE.tag_rules))
    shutil.rmtree(copy / "services")
    (copy / "services").mkdir()
    (copy / "services" / "all.yaml").write_text(new_file(read.entries), encoding="utf-8")
    assert load(copy).services == load().services


def test_a_new_service_is_written_as_officials_write_it() -> None:
    text = new_file(new_services(sheet(sound()), OFFICE).entries)
    assert text.startswith("audience: person\nstage: old_age\nservices:\n  - id: nursing_bed\n    type: benefit\n")
    assert "    name: {zh: 家庭照护床位申请, en: A nursing bed at home}\n" in text
    assert "      - {name: {zh: 体检报告, en: Medical report}, deferrable: true}\n" in text
    assert "    usual: {days: 20, trips: 2, steps: 4, minutes: 60}\n" in text
    assert "phone" not in text, "the counter is the authority's own"


def test_a_change_touches_its_own_lines_alone(copy: Path) -> None:
    changes = [{"id": "hkm_permit_renewal", "contactless": False, "minutes": 6}, {"id": "senior_card", "trips": 1}]
    changed = changed_files(changes, copy / "services")
    assert sorted(path.name for path in changed) == ["person_old_age.yaml", "person_travel.yaml"]
    before, after = changed[copy / "services" / "person_travel.yaml"]
    lines = [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert sorted(lines) == sorted(
        ["-     contactless: true", "+     contactless: false", "-     minutes: 5", "+     minutes: 6"]
    )


def test_a_service_that_stands_in_no_file_is_named(copy: Path) -> None:
    with pytest.raises(CatalogueError, match="expected flying in a file of"):
        changed_files([{"id": "flying", "trips": 1}], copy / "services")


def run(*arguments: str, says: str = "") -> tuple[int, str]:
    told = CliRunner().invoke(app, list(arguments), input=says)
    return told.exit_code, told.output


def test_new_services_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    sound_list, broken_list, out = tmp_path / "sound.csv", tmp_path / "broken.csv", tmp_path / "new.yaml"
    sound_list.write_bytes(sheet(sound()))
    broken_list.write_bytes(sheet(sound(), sound(事项编码="b", 网上办理="?")))
    code, told = run("import", str(broken_list), "--out", str(out))
    assert (code, out.exists()) == (1, False)
    assert "column 网上办理 (online): expected 是 or 否 (yes or no), got “?”" in told
    assert "1 fault; nothing was written." in told
    assert run("import", str(sound_list), "--out", str(out))[0] == 0
    assert "nursing_bed" in out.read_text(encoding="utf-8")
    assert run("import", str(sound_list), "--out", str(out))[0] == 2, "a file that is there is not overwritten"
    assert run("import", str(sound_list))[0] == 2


def test_an_update_shows_the_difference_and_asks_before_it_writes(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "DATA", copy)
    changes = tmp_path / "changes.csv"
    changes.write_text("id,contactless\nhkm_permit_renewal,no\n", encoding="utf-8")
    travel = copy / "services" / "person_travel.yaml"
    before = travel.read_text(encoding="utf-8")
    code, told = run("import", str(changes), "--update", says="n\n")
    assert code == 1
    assert "-    contactless: true\n+    contactless: false" in told
    assert travel.read_text(encoding="utf-8") == before
    assert run("import", str(changes), "--update", says="y\n")[0] == 0
    assert travel.read_text(encoding="utf-8") != before
    assert not load(copy).service("hkm_permit_renewal").contactless


def test_a_list_of_the_catalogue_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "services.csv"
    assert run("list", "--out", str(out))[0] == 0
    assert run("import", str(out), "--update") == (0, "0 services changed in 0 files\n")
