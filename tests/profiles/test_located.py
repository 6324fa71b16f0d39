"""YAML that is wrong is told by file and line."""

from pathlib import Path

import pytest

from profiles.errors import BindingError
from profiles.located import read


def write(folder: Path, text: str) -> Path:
    path = folder / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    file = read(write(tmp_path, "a: 1\nb:\n  c: [x,\n    y]\n"), BindingError)
    assert file.where("b", "c") == f"{tmp_path / 'some.yaml'}, line 3"
    assert file.where("b", "c", 1).endswith("line 4")
    assert file.where("b", "nothing", "there").endswith("line 2")


def test_text_that_is_not_yaml_is_told_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(BindingError, match=r"some\.yaml, line 2, is not YAML"):
        read(write(tmp_path, "a: 1\nb: c: d\n"), BindingError)


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BindingError, match=r"line 3: 'a' is written twice"):
        read(write(tmp_path, "a: 1\nb: 2\na: 3\n"), BindingError)


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BindingError, match="expected a mapping of names to values, found list"):
        read(write(tmp_path, "- a\n"), BindingError)


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes("名: 值".encode("gb18030"))
    with pytest.raises(BindingError, match="cannot be read as YAML text in UTF-8"):
        read(path, BindingError)
