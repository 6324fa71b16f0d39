"""Turning days are enough: what is read off them equals what asking day by day finds."""

import os
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.model import KINDS
from tagging.files import duckdb_rows, to_json
from tagging.language import _COMPARISONS
from tagging.outlook.one import OneFile
from tagging.outlook.stretches import Change, changes, stretch
from tagging.outlook.turns import COMPARISON_TURNS, turning_days
from tagging.outlook.word_turns import WORD_TURNS
from tagging.rules import parse
from tagging.rules.duckdb import DuckDb
from tagging.rules.words import WORDS
from tests.tagging.outlook.by_hand import BACK, HORIZON, daily, each_day, registries
from tests.tagging.rules.strategies import files, leaves
from tests.tagging.sample import file, registry, tag

CASES = 400 if os.environ.get("YIDANG_PROVE") else 12
REGISTRIES = 800 if os.environ.get("YIDANG_PROVE") else 10  # each asked day by day, which takes seconds
DAY = timedelta(days=1)


def test_every_word_and_every_comparison_says_when_it_turns():
    assert set(WORD_TURNS) == set(WORDS) - {"tag"}
    assert set(COMPARISON_TURNS) == {*_COMPARISONS, "true"}


# Every word and comparison that ever turns, put to files near whose days it does.
TURNING = {
    "person": [
        *("aged(60)", "holds('ID_CARD')", "expires_within('ID_CARD', 30)", "expired_within('ID_CARD', 30)"),
        *("any_expires_within(30)", "has('child')", "has_child_aged(1, 6)", "has_two_children_under(6)"),
        *("has_parent_aged(60)", "pension_age_within(1)", "within_days_of('birth', 30)", "has_done('pension_check')"),
        *("lives_in('31')", "employed_as('6')", "from_day('2024-02-29')"),
    ],
    "enterprise": [
        *("report_due()", "founded_on = as_of - INTERVAL 1 YEAR", "founded_on <> as_of", "founded_on < as_of"),
        *("founded_on <= as_of - INTERVAL 6 MONTH", "founded_on > as_of", "founded_on >= as_of - INTERVAL 6 YEAR"),
        "founded_on BETWEEN as_of AND as_of + INTERVAL 1 MONTH",
    ],
}
# Two children and a parent of sixty are seldom drawn together.
FAMILY = file(
    as_of=date(2024, 2, 29),
    links=[
        {"kind": "child", "other": "x", "birth_date": "2023-06-01"},
        {"kind": "child", "other": "y", "birth_date": "2024-03-05"},
        {"kind": "parent", "other": "z", "birth_date": "1964-05-01"},
    ],
)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_changes_on_no_other_day_than_its_turning_days(kind):
    fixed = [parse(text, kind).atoms[0] for text in TURNING[kind]]
    turned: set[str] = set()

    @settings(max_examples=CASES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(files(kind), min_size=20, max_size=20), st.lists(leaves(kind), min_size=6, max_size=6))
    def enough(given, texts):
        rows = [{**row, "subject": str(number)} for number, row in enumerate([*given, FAMILY])]
        atoms = [*fixed, *(parse(text, kind).atoms[0] for text in texts)]
        said = turning(rows, atoms, kind)
        before: tuple[object, ...] = (None,)
        for subject, day, *answers in daily(rows, atoms, kind):
            if before[0] == subject:
                for place, (was, now) in enumerate(zip(before[1:], answers, strict=True)):
                    if was is not now:
                        turned.add(atoms[place].code)
                        assert day in said[subject][place], f"{atoms[place].code} turns on {day} unsaid"
            before = (subject, *answers)

    enough()
    # So a word whose days were left out would have been caught.
    assert {atom.code for atom in fixed} - turned == set()


def turning(rows, atoms, kind):
    """Per subject a set of turning days for each atom."""
    lists = ", ".join(turning_days([atom], DuckDb()) or "CAST([] AS DATE[])" for atom in atoms)
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(f"SELECT subject, {lists} FROM ({duckdb_rows(kind)})", [to_json(rows, kind)])  # noqa: S608
        return {subject: [set(days) for days in each] for subject, *each in found.fetchall()}


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_next_is_what_asking_day_by_day_finds(kind):
    @settings(max_examples=REGISTRIES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(registries(kind), st.lists(files(kind), min_size=4, max_size=4))
    def equal(tags, rows):
        one = OneFile(tags, kind)
        for row in rows:
            today = row["as_of"]
            days = each_day(row, tags, kind)
            assert one.outlook(row, today + HORIZON * DAY) == changes(days[BACK:])
            earned = one.earned(row)
            assert tuple(each.tag for each in earned) == one.tags(row) == tuple(sorted(days[BACK][1]))
            for each in earned:
                around = stretch([(day, each.tag in held) for day, held in days], today)
                assert within(each.since, days[0][0]) == around.since
                assert each.until == around.until or (each.until > days[-1][0] and around.until is None)

    equal()


def within(since, first):
    return since if since > first else None


FRIDAY = date(2025, 2, 28)


def outlook(rule, last=date(2029, 12, 31), **given):
    given.setdefault("as_of", FRIDAY)
    found = OneFile(registry(tag("t", rule)), "person").outlook(file(**given), last)
    return [(change.change, change.day.isoformat()) for change in found]


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        ("aged(61)", {"birth_date": "1964-02-29"}, [("gained", "2025-03-01")]),
        ("aged(64)", {"birth_date": "1964-02-29"}, [("gained", "2028-02-29")]),
        ("NOT aged(61)", {"birth_date": "1964-12-31"}, [("lost", "2025-12-31")]),
        ("aged(61)", {"birth_date": None}, []),
        (
            "has_child_aged(3, 6)",
            {"links": [{"kind": "child", "birth_date": "2024-02-29", "until": None}]},
            [("gained", "2027-03-01")],
        ),
        (
            "expires_within('P', 30)",
            {"documents": [{"type": "P", "status": "valid", "expires_on": "2026-03-31"}]},
            [("gained", "2026-03-01"), ("lost", "2026-04-01")],
        ),
        ("holds('P')", {"documents": [{"type": "P", "status": "valid", "expires_on": "9999-12-31"}]}, []),
        (
            "within_days_of('birth', 365)",
            {"events": [{"kind": "birth", "happened_on": "2024-03-01"}]},
            [("lost", "2025-03-01")],
        ),
        ("has('spouse')", {"links": [{"kind": "spouse", "since": "2025-03-01"}]}, [("gained", "2025-03-01")]),
        ("benefit_until < as_of", {"benefit_until": "2025-03-31"}, [("gained", "2025-04-01")]),
        (
            "graduates_on BETWEEN as_of AND as_of + INTERVAL 1 MONTH",
            {"graduates_on": "2025-07-31"},
            # A month after 30 June is 30 July; after 1 July, 1 August.
            [("gained", "2025-07-01"), ("lost", "2025-08-01")],
        ),
        (
            "benefit_until = as_of - INTERVAL 1 YEAR",
            {"benefit_until": "2024-03-31"},
            [("gained", "2025-03-31"), ("lost", "2025-04-01")],
        ),
        (
            "lives_in('31')",
            {"resident_since": "2025-06-01", "residence_division": "310101"},
            [("gained", "2025-06-01")],
        ),
    ],
)
def test_a_day_in_the_file_or_the_rule_turns_it(rule, given, expected):
    assert outlook(rule, **given) == expected


def test_an_enterprises_report_is_due_from_new_year():
    one = OneFile(registry(tag("due", "report_due()", "enterprise")), "enterprise")
    row = file(as_of=date(2025, 12, 30), last_report_year=2024)
    assert one.outlook(row, date(2027, 12, 30)) == (Change("due", date(2026, 1, 1), "gained"),)


def test_a_tags_own_first_and_last_day_count():
    one = OneFile(
        registry(tag("t", "sex = 'male'", valid_from=date(2025, 3, 1), valid_until=date(2026, 2, 28))), "person"
    )
    row = file(as_of=FRIDAY, sex="male")
    assert one.tags(row) == ()
    assert one.outlook(row, date(2027, 2, 28)) == (
        Change("t", date(2025, 3, 1), "gained"),
        Change("t", date(2026, 3, 1), "lost"),
    )
    assert one.outlook(row, FRIDAY + DAY) == (Change("t", date(2025, 3, 1), "gained"),)


def test_a_stretch_runs_through_whatever_keeps_the_rule_true():
    one = OneFile(registry(tag("t", "holds('P')")), "person")
    documents = [
        {"type": "P", "status": "valid", "issued_on": "2010-05-01", "expires_on": "2020-04-30"},
        {"type": "P", "status": "valid", "issued_on": "2020-04-30", "expires_on": "2030-04-29"},
    ]
    (earned,) = one.earned(file(as_of=FRIDAY, documents=documents))
    assert (earned.since, earned.until) == (date(2010, 5, 1), date(2030, 4, 29))
    apart = [documents[0], {**documents[1], "issued_on": "2020-05-02"}]
    (earned,) = one.earned(file(as_of=FRIDAY, documents=apart))
    assert earned.since == date(2020, 5, 2)
