"""The command line: one line for what was done, one sentence and a non-zero exit for what was not."""

import subprocess
import sys
from hashlib import sha256
from os import environ
from pathlib import Path

import pytest

KEYS = {
    "YIDANG_PSEUDONYM_KEY": sha256(b"pseudonyms").hexdigest(),
    "YIDANG_VAULT_KEY": sha256(b"vault").hexdigest(),
}


def jobs(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in environ.items() if not name.startswith("YIDANG_")}
    command = [sys.executable, "-m", "jobs", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**clean, **environment}, check=False)


def test_a_day_that_is_none_is_refused_with_the_right_form() -> None:
    said = jobs("gate", "--day", "22.11.2026")
    assert said.returncode == 2
    assert "write it as YYYY-MM-DD" in said.stderr


@pytest.mark.parametrize("name", ["build", "publish"])
def test_a_job_without_its_input_says_what_to_run(tmp_path: Path, name: str) -> None:
    said = jobs(name, "--day", "2026-11-22", "--lake", str(tmp_path), **KEYS)
    assert said.returncode == 1
    sentence = said.stderr.splitlines()[-1]  # after a line for each step
    assert sentence.startswith(f"{name} failed: ")
    assert "python -m jobs" in sentence
    assert said.stdout == ""


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    said = jobs("gate", "--day", "2026-11-22", "--lake", str(tmp_path))
    assert said.returncode == 1
    assert "YIDANG_PSEUDONYM_KEY" in said.stderr


def test_an_unknown_supplier_is_named_with_those_known(tmp_path: Path) -> None:
    said = jobs("gate", "--day", "2026-11-22", "--suppliers", "shangai", "--lake", str(tmp_path), **KEYS)
    assert said.returncode == 1
    assert "shangai" in said.stderr
    assert "shanghai" in said.stderr


def test_a_missing_feed_is_named_with_its_binding(tmp_path: Path) -> None:
    arguments = ("--day", "2026-11-22", "--source", str(tmp_path), "--lake", str(tmp_path / "lake"))
    said = jobs("gate", *arguments, **KEYS)
    assert said.returncode == 1
    assert "profiles/bindings/city/" in said.stderr
    assert not (tmp_path / "lake" / "accepted_residents").exists()


def test_delivery_says_how_it_is_turned_on() -> None:
    said = jobs("deliver", "--once", **KEYS)
    assert (said.returncode, said.stdout) == (1, "")
    assert "set YIDANG_DELIVERY to live" in said.stderr


def test_a_reminder_is_shown_before_it_is_ever_sent() -> None:
    said = jobs("preview-message", "DISABILITY_CARD", "--locale", "zh")
    assert said.returncode == 0
    assert said.stdout.startswith("[letter@1, private@1]\n--- subject\n您有一件事要办\n--- plain\n您好！")


def test_a_setting_of_the_wrong_form_is_named() -> None:
    said = jobs("gate", "--day", "2026-11-22", **KEYS, YIDANG_SEED="seven")
    assert said.returncode == 1
    assert "YIDANG_SEED" in said.stderr


def test_a_city_too_small_is_refused() -> None:
    said = jobs("city", "--people", "3")
    assert said.returncode == 2
    assert "200" in said.stderr


def test_all_contracts_and_bindings_are_sound() -> None:
    said = jobs("contracts")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("25 contracts, ")
    assert said.stdout.rstrip().endswith("no problems")


def test_a_reader_that_has_seen_enough_ends_the_command_without_a_word() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "jobs", "contracts"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.close()
        assert command.stderr.read() == ""
    assert command.returncode == 141


def test_the_data_sharing_list_is_published_where_asked(tmp_path: Path) -> None:
    said = jobs("contracts", "--out", str(tmp_path / "list"))
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[1] == f"published as {tmp_path / 'list' / 'sharing.html'}"
    assert "公共数据资源目录" in (tmp_path / "list" / "sharing.html").read_text(encoding="utf-8")
    without = jobs("contracts", "--out", str(tmp_path / "list"), "--lake", str(tmp_path / "nothing"))
    assert without.returncode == 1
    assert "There is no table gate_report" in without.stderr


def test_quarantine_before_the_first_gate_says_what_to_run(tmp_path: Path) -> None:
    said = jobs("quarantine", "--lake", str(tmp_path))
    assert said.returncode == 1
    assert said.stderr.startswith("quarantine failed: There is no table quarantine")


def test_a_rotation_without_a_new_name_is_refused(tmp_path: Path) -> None:
    said = jobs("rotate", "--lake", str(tmp_path), **KEYS)
    assert said.returncode == 1
    assert said.stderr.splitlines()[-1].startswith("rotate failed: YIDANG_NEW_KEY_ID is not set")


def test_a_store_is_started_found_and_stopped(tmp_path: Path) -> None:
    folder, url = str(tmp_path / "store"), {"YIDANG_STORE_URL": "redis://127.0.0.1:6479/0"}
    said = [
        jobs("store", "--folder", folder, *more, **url).stdout.strip() for more in ((), (), ("--stop",), ("--stop",))
    ]
    assert said[:2] == ["started a store at redis://127.0.0.1:6479/0", "a store answers at redis://127.0.0.1:6479/0"]
    assert said[2:] == ["stopped", f"no store of {folder} is running"]
