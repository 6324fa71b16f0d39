"""What ``python -m tagging check`` finds, and that the shipped registry has nothing to be found."""

import subprocess
import sys

import pytest

from tagging.check import gaps, problems
from tagging.personas import load_personas
from tagging.registry import load
from tests.tagging.test_registry import DATED, TAG, written

AT = "population_group.yaml:3, tag old"


def found(tmp_path, *changes, family="population_group"):
    text = TAG
    for right, wrong in changes:
        assert right in text
        text = text.replace(right, wrong)
    return problems(load(written(tmp_path, text, family)))


def test_the_shipped_registry_is_clean():
    registry = load()
    assert problems(registry, load_personas()) == []
    assert gaps(registry) == []


def test_a_clean_tag_has_no_finding(tmp_path):
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [("aged(60)", "aged(60) AND sx = 'male'")],
            f"{AT}, line 1, column 14: a file of kind person has no column sx; did you mean sex?",
        ),
        ([("expect: yes", "expect: no")], "tag old: no example expects yes; add one"),
        ([("1950-01-01", "1990-01-01")], "tag old, example 1: expected yes, the rule says no of"),
        (
            [("birth_date: null", "birthday: null")],
            "tag old, example 3: a file has no column birthday; did you mean birth_date?",
        ),
        (
            [("1950-01-01", "long ago")],
            f"{AT}, example 1: a value is of the wrong type: Invalid Input Error: invalid date",
        ),
        (
            [("owner: civil_affairs", "owner: civil_affair")],
            "'civil_affair' is no department of vocabulary.yaml; did you mean civil_affairs?",
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
        (
            [("stage: old_age", "stage: old_ag")],
            "'old_ag' is no stage of a person of vocabulary.yaml; did you mean old_age?",
        ),
        (
            [("sensitivity: internal", "sensitivity: restricted"), ("[eligibility, display]", "[ranking]")],
            f"{AT}: what is restricted is not for ranking; remove that use",
        ),
        (
            [("aged(60)", "aged(60) AND disability_grade <= 4"), ("[residents]", "[residents, hardship]")],
            "hardship is restricted by its contract, so the sensitivity should be restricted",
        ),
        (
            [("valid_from: 2000-01-01", "valid_from: 2024-03-01")],
            "example 2 stands on 2024-02-29, when the tag is not valid; give another as_of",
        ),
        (
            [("valid_from: 2000-01-01", "valid_from: 2000-01-01\n    lifetime_days: 365")],
            "lifetime_days is 365, but the rule looks back at no span of days; remove lifetime_days",
        ),
        (
            [("aged(60)", "aged(60) OR NOT aged(60)")],
            "the rule is false of none of 103 files, so it says nothing; rewrite 'aged(60) OR NOT aged(60)'",
        ),
        (
            [("aged(60)", "aged(60) AND NOT aged(18)")],
            "the rule contradicts itself: it is true of none of 103 files; rewrite 'aged(60) AND NOT aged(18)'",
        ),
        (
            [("aged(60)", "sex = 'male' AND sex = 'female'")],
            "the rule contradicts itself: it is true of none of 103 files",
        ),
        ([("id: old", "id: Old")], "an id is small letters"),
    ],
)
def test_each_slip_is_one_sentence(tmp_path, changes, message):
    assert any(message in sentence for sentence in found(tmp_path, *changes))


def test_a_use_that_the_contract_bars_is_found(tmp_path):
    changes = [("aged(60)", "aged(60) AND disability_grade <= 4"), ("[residents]", "[residents, hardship]")]
    barred = f"{AT}: the contract of hardship does not allow ranking; remove that use or do not read from it"
    assert barred not in found(tmp_path, *changes)
    assert barred in found(tmp_path, *changes, ("[eligibility, display]", "[eligibility, ranking]"))


def test_a_barred_feed_is_found_behind_another_tag_too(tmp_path):
    other = TAG.replace("id: old", "id: hard").replace("zh: 老人, en: Old", "zh: 困难, en: Hard")
    other = other.replace("aged(60)", "disability_grade = 1").replace("[residents]", "[hardship]")
    user = TAG.replace("aged(60)", "aged(60) AND tag('hard')").replace("[eligibility, display]", "[ranking]")
    folder = written(tmp_path, other + user)
    assert any(
        "tag old: the contract of hardship does not allow ranking" in sentence for sentence in problems(load(folder))
    )


def test_tags_that_lead_back_to_themselves_are_found_and_the_others_are_still_tried(tmp_path):
    one = TAG.replace("aged(60)", "aged(60) AND tag('elder')")
    other = TAG.replace("id: old", "id: elder").replace("zh: 老人, en: Old", "zh: 长者, en: Elder")
    third = (
        other.replace("id: elder", "id: eldest").replace("长者, en: Elder", "寿星, en: Eldest").replace("1950", "1990")
    )
    said = problems(load(written(tmp_path, one + other.replace("aged(60)", "tag('old')") + third)))
    assert "tag elder, line 1, column 1: the tag leads back to itself: old -> elder -> old" in " ".join(said)
    assert any("tag eldest, example 1: expected yes, the rule says no" in one for one in said)


def test_a_stage_without_a_tag_is_found(tmp_path):
    missing = gaps(load(written(tmp_path, TAG)))
    assert "vocabulary.yaml, stages, person: no tag has the stage birth; write one, or drop the stage" in missing
    assert len(missing) == 9 + 6
    assert all("old_age" not in sentence for sentence in missing)


TWIN = TAG.replace("id: old", "id: elder").replace("zh: 老人, en: Old", "zh: 长者, en: Elder")


def test_two_tags_that_always_answer_alike_are_found(tmp_path):
    twins = problems(load(written(tmp_path, TAG + TWIN.replace("aged(60)", "birth_date <= as_of - INTERVAL 60 YEAR"))))
    assert twins == [
        f"{AT}: answers like tag elder on all 106 files; remove one, or give an example that tells them apart"
    ]
    assert problems(load(written(tmp_path, TAG + TWIN.replace("aged(60)", "aged(61)").replace("1950", "1940")))) == []


def test_one_name_for_two_tags_is_found(tmp_path):
    namesake = TWIN.replace("长者", "老人").replace("aged(60)", "aged(61)")
    assert problems(load(written(tmp_path, TAG + namesake))) == [
        f"{AT}: has the same zh name as tag elder: 老人; tell them apart"
    ]


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (
            "valid_until: 2025-01-01",
            "two versions hold on 2025-01-01, with the rules 'aged(60)' and 'aged(65)'; end the first on the day",
        ),
        ("valid_until: 2020-12-31", "example 2 stands on 2024-02-29, when the tag is not valid; give another as_of"),
    ],
)
def test_versions_that_overlap_or_leave_an_example_out_are_found(tmp_path, first, message):
    assert problems(load(written(tmp_path, DATED))) == []
    assert any(
        message in one for one in problems(load(written(tmp_path, DATED.replace("valid_until: 2024-12-31", first))))
    )


def test_a_version_without_an_example_of_its_days_is_found(tmp_path):
    assert any(
        "no example stands on a day of the version from 2000-01-01 on; add one with an as_of" in one
        for one in problems(load(written(tmp_path, DATED.replace("as_of: 2024-02-29", "as_of: 2025-02-28"))))
    )


EVENT = (
    TAG.replace("aged(60)", "within_days_of('birth', 90) AND NOT within_days_of('death', 365)")
    .replace("[residents]", "[vital_events]")
    .replace("{birth_date: 1950-01-01}", "{events: [{kind: birth, happened_on: 2025-06-01}]}")
    .replace("{birth_date: 2020-01-01}", "{events: []}")
    .replace("{birth_date: null}", "{events: null}")
)


@pytest.mark.parametrize(
    ("lifetime", "messages"),
    [
        ("", [f"{AT}: the rule looks back 90 days; add lifetime_days: 90"]),
        ("\n    lifetime_days: 90", []),
        (
            "\n    lifetime_days: 365",
            [f"{AT}: lifetime_days is 365, but the rule looks back 90 days; make them agree"],
        ),
        ("\n    lifetime_days: -1", [f"{AT}: lifetime_days should be above 0, not -1"]),
    ],
)
def test_an_events_lifetime_is_the_days_that_its_rule_looks_back(tmp_path, lifetime, messages):
    text = EVENT.replace("valid_from: 2000-01-01", f"valid_from: 2000-01-01{lifetime}")
    found = problems(load(written(tmp_path, text, "life_event")))
    assert found == [message.replace("population_group", "life_event") for message in messages]


def test_the_command_says_so_in_one_line_and_by_its_exit_code():
    said = subprocess.run([sys.executable, "-m", "tagging", "check"], capture_output=True, text=True, check=False)
    registry = load()
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(f"{len(registry.tags)} tags, ")
    assert f"registry {registry.version}, no problems" in said.stdout


def test_the_lint_waits_for_no_library_that_it_does_not_need():
    probe = "import tagging.__main__, sys; tagging.__main__.main(['check']); print(' '.join(sys.modules))"
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in said.stdout.splitlines()[-1].split()}
    assert loaded & {"numpy", "scipy", "sklearn", "pyarrow", "pandas", "pyspark"} == set()
    assert {"duckdb", "sqlglot"} <= loaded


def test_a_wrong_call_says_how():
    said = subprocess.run([sys.executable, "-m", "tagging", "chek"], capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert said.stderr.startswith("usage: python -m tagging ")
    assert "invalid choice: 'chek'" in said.stderr
