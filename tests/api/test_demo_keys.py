"""The demo's keys: fresh, private to their owner, and never made twice."""

import json
from pathlib import Path

from joserfc.jwk import KeySet
from typer.testing import CliRunner

from api.__main__ import cli, make_demo_keys


def test_the_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    env = make_demo_keys(tmp_path / "keys")
    assert env == tmp_path / "keys" / "demo.env"
    assert {file.name: oct(file.stat().st_mode)[-3:] for file in env.parent.iterdir()} == {
        "demo.env": "600",
        "jwks.json": "600",
        "signing-key.json": "600",
    }


def test_the_published_key_is_public(tmp_path: Path) -> None:
    make_demo_keys(tmp_path)
    keys = json.loads((tmp_path / "jwks.json").read_text())
    assert [set(key) & {"d", "k"} for key in keys["keys"]] == [set()]
    assert len(KeySet.import_key_set(keys).keys) == 1


def test_a_second_run_leaves_every_key_as_it_is(tmp_path: Path) -> None:
    make_demo_keys(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    make_demo_keys(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_serving_without_keys_ends_with_one_sentence() -> None:
    said = CliRunner().invoke(cli, ["serve"])
    assert said.exit_code == 1
    assert said.stderr.startswith("One of YIDANG_TOKEN_JWKS and YIDANG_TOKEN_JWKS_URL must be set")
    assert said.stderr.count("\n") == 1


def test_two_demos_share_no_key(tmp_path: Path) -> None:
    first, second = make_demo_keys(tmp_path / "a").read_text(), make_demo_keys(tmp_path / "b").read_text()
    secrets = [line.split("=")[1] for text in (first, second) for line in text.splitlines() if "_KEY=" in line]
    hexadecimal = [secret for secret in secrets if len(secret) == 64]
    assert len(set(hexadecimal)) == len(hexadecimal) == 4


def test_the_command_prints_where_the_env_file_is(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli, ["demo-keys", "--out", str(tmp_path)])
    assert (ran.exit_code, ran.stdout.strip()) == (0, str(tmp_path / "demo.env"))
