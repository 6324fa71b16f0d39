"""What ``python -m tagging check`` finds, and that the shipped registry has nothing to be found."""

import subprocess
import sys

import pytest

from tagging.check import problems
from tagging.registry import load
from tests.tagging.test_registry import TAG, written


def found(tmp_path, *changes, family="population_group"):
    text = TAG
    for right, wrong in changes:
        assert right in text
        text = text.replace(right, wrong)
    return problems(load(written(tmp_path, text, family)))


def test_the_shipped_registry_is_clean():
    assert problems(load()) == []


def test_a_clean_tag_has_no_finding(tmp_path):
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [("aged(60)", "aged(60) AND sx = 'male'")],
            "tag old, line 1, column 14: a file of kind person has no column sx; did you mean sex?",
        ),
        ([("expect: yes", "expect: no")], "tag old: no example expects yes; add one"),
        ([("1950-01-01", "1990-01-01")], "tag old, example 1: expected yes, the rule says no of"),
        (
            [("birth_date: null", "birthday: null")],
            "tag old, example 3: a file has no column birthday; did you mean birth_date?",
        ),
        ([("1950-01-01", "long ago")], "has a wrong value"),
        (
            [("owner: civil_affairs", "owner: civil_affair")],
            "the owner 'civil_affair' is not a department of vocabulary.yaml; did you mean civil_affairs?",
        ),
        ([("[residents]", "[resident]")], "the source 'resident' is no feed; did you mean residents?"),
        ([("[residents]", "[residents, vehicles]")], "the source vehicles stands behind nothing that the rule reads"),
        ([("[residents]", "[vehicles]")], "reads fact:birth_date, so sources should name residents or vital_events"),
        ([("zh: 老人", "zh: Old")], "the names should be Chinese and English"),
        ([("aged(60)", "aged(60) OR sex = 'mail'")], "sex = 'mail': 'mail' is not a value of sex; did you mean male?"),
        (
            [("valid_from: 2000-01-01", "valid_from: 2000-01-01\n    valid_until: 1999-01-01")],
            "valid_until 1999-01-01 lies before valid_from",
        ),
        ([("id: old", "id: Old")], "an id is small letters"),
    ],
)
def test_each_slip_is_one_sentence(tmp_path, changes, message):
    assert any(message in sentence for sentence in found(tmp_path, *changes))


def test_a_use_that_the_contract_bars_is_found(tmp_path):
    changes = [("aged(60)", "aged(60) AND disability_grade <= 4"), ("[residents]", "[residents, hardship]")]
    barred = "tag old: the contract of hardship does not allow ranking; remove that use or do not read from it"
    assert barred not in found(tmp_path, *changes)
    assert barred in found(tmp_path, *changes, ("[eligibility, display]", "[eligibility, ranking]"))


def test_a_barred_feed_is_found_behind_another_tag_too(tmp_path):
    other = TAG.replace("id: old", "id: hard").replace("zh: 老人, en: Old", "zh: 困难, en: Hard")
    other = other.replace("aged(60)", "disability_grade = 1").replace("[residents]", "[hardship]")
    user = TAG.replace("aged(60)", "aged(60) AND tag('hard')").replace("[eligibility, display]", "[ranking]")
    folder = written(tmp_path, other + user)
    assert any(
        sentence.startswith("tag old: the contract of hardship does not allow ranking")
        for sentence in problems(load(folder))
    )


def test_the_command_says_so_in_one_line_and_by_its_exit_code():
    said = subprocess.run([sys.executable, "-m", "tagging", "check"], capture_output=True, text=True, check=False)
    registry = load()
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(f"{len(registry.tags)} tags, ")
    assert f"registry {registry.version}, no problems" in said.stdout


def test_a_wrong_call_says_how():
    said = subprocess.run([sys.executable, "-m", "tagging", "chek"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr.strip()) == (2, "usage: python -m tagging check")
