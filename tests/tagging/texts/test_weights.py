"""Weights that are not whole are refused, and the same data and seed give the same weights."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from profiles.errors import ModelMismatch, SettingsError
from tagging.texts import train, weights
from tagging.texts.check import problems

INSTALLED = Path(weights.__file__).parent / "weights"
DATA = Path(os.environ.get("YIDANG_DATA", "../shared/data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the reference tables are not here: set YIDANG_DATA")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(INSTALLED, tmp_path / "weights"))


def test_the_installed_weights_are_those_of_their_manifest():
    assert weights.load(INSTALLED).version == weights.weights().version
    assert problems() == []


def test_weights_of_another_training_are_refused(copied):
    shutil.copyfile(copied / "trades.npz", copied / "titles.npz")
    with pytest.raises(ModelMismatch, match=r"titles\.npz is not what manifest\.json says: run `python -m tagging"):
        weights.load(copied)


def test_weights_of_another_format_are_refused(copied):
    manifest = json.loads((copied / "manifest.json").read_text("utf-8"))
    (copied / "manifest.json").write_text(json.dumps({**manifest, "format": 99}), "utf-8")
    with pytest.raises(ModelMismatch, match="format 99, this release reads 2"):
        weights.load(copied)


def test_missing_weights_are_one_clear_error(copied):
    (copied / "titles.npz").unlink()
    with pytest.raises(ModelMismatch, match="cannot be read"):
        weights.load(copied)


def test_saving_again_what_was_loaded_gives_the_same_bytes():
    content = (INSTALLED / "trades.npz").read_bytes()
    assert weights.packed(weights.unpacked(content)) == content


@needs_data
def test_training_again_gives_the_installed_weights():
    again = weights.packed(train.trade_fit(DATA).model)
    manifest = json.loads((INSTALLED / "manifest.json").read_text("utf-8"))
    assert hashlib.sha256(again).hexdigest() == manifest["files"]["trades"]


def test_training_without_the_tables_says_which_are_missing(tmp_path):
    with pytest.raises(SettingsError, match=r"gbt4754\.csv is missing"):
        train.trade_fit(tmp_path)
