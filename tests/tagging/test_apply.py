"""Tags on files, the facts behind them, and the answers that training and eligibility ask for."""

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from profiles.model import KINDS
from tagging.apply import apply_tags, outlook, tag_ids, truths
from tagging.outlook.one import OneFile
from tagging.registry import load
from tagging.rules import parse
from tests.tagging.outlook.by_hand import registries
from tests.tagging.rules.strategies import files
from tests.tagging.sample import file, registry, spark_files, tag

JUNE = date(2025, 6, 1)
CASES = 30 if os.environ.get("YIDANG_PROVE") else 2


def fact(name: str, source: str, as_of: date = JUNE, in_force: bool = True) -> dict[str, object]:
    return {"name": name, "source": source, "as_of": as_of, "in_force": in_force, "value": "x"}


def earned(spark, tags, *rows):
    return {
        row.subject: [(each.id, [tuple(entry) for entry in each.evidence]) for each in row.tags]
        for row in apply_tags(spark_files(spark, rows, "person"), registry(*tags), "person").collect()
    }


def test_a_tag_carries_the_facts_behind_it_with_source_and_date(spark):
    rows = [
        file(
            "a",
            birth_date="1960-01-01",
            sex="female",
            facts=[
                fact("birth_date", "residents"),
                fact("sex", "vital_events", date(2020, 1, 1), in_force=False),
                fact("sex", "residents"),
            ],
        ),
        file("b", birth_date="2020-01-01", sex="female"),
        file("c", birth_date=None, sex="female"),
    ]
    assert earned(spark, [tag("old_woman", "aged(60) AND sex = 'female'")], *rows) == {
        "a": [("old_woman", [("fact:birth_date", "residents", JUNE), ("fact:sex", "residents", JUNE)])],
        "b": [],
        "c": [],
    }


def test_of_alternatives_only_what_holds_is_evidence(spark):
    given = {
        "documents": [{"type": "PASSPORT", "status": "valid", "source": "documents", "as_of": JUNE}],
        "links": [{"kind": "spouse", "source": "kinship", "as_of": JUNE}],
        "facts": [fact("sex", "residents")],
    }
    rule = "(holds('PASSPORT') OR sex = 'female') AND NOT (has('child') AND has('spouse'))"
    assert earned(spark, [tag("x", rule)], file("a", sex="male", **given)) == {
        # Nobody states that there is no child, so that part has no source to show.
        "a": [("x", [("document:PASSPORT", "documents", JUNE)])]
    }


def test_the_newest_of_several_is_the_evidence(spark):
    events = [
        {"kind": "birth", "happened_on": "2025-05-01", "source": "vital_events", "as_of": date(2025, 5, 2)},
        {"kind": "birth", "happened_on": "2025-05-01", "source": "vital_events", "as_of": date(2025, 6, 2)},
    ]
    assert earned(spark, [tag("parent", "within_days_of('birth', 90)")], file("a", events=events)) == {
        "a": [("parent", [("event:birth", "vital_events", date(2025, 6, 2))])]
    }


def test_any_document_is_cited_as_one(spark):
    soon = {"type": "X", "status": "valid", "expires_on": "2025-07-10", "source": "permits", "as_of": JUNE}
    assert earned(spark, [tag("due", "any_expires_within(30)")], file("a", documents=[soon])) == {
        "a": [("due", [("document:*", "permits", JUNE)])]
    }


def test_a_tag_within_a_tag_cites_the_facts_themselves(spark):
    tags = [tag("old", "aged(60)"), tag("young", "NOT tag('old')")]
    row = file("a", birth_date="2000-01-01", facts=[fact("birth_date", "residents")])
    assert earned(spark, tags, row) == {"a": [("young", [("fact:birth_date", "residents", JUNE)])]}


def test_a_tag_holds_from_its_first_to_its_last_valid_day(spark):
    tags = [
        tag("ended", "sex = 'male'", valid_until=date(2025, 6, 30)),
        tag("lasting", "sex = 'male'", valid_until=date(2025, 7, 1)),
        tag("later", "sex = 'male'", valid_from=date(2025, 7, 2)),
    ]
    assert earned(spark, tags, file("a", sex="male")) == {"a": [("lasting", [])]}


def told(spark, rule, **given):
    """Since, until and clauses of the one tag that the file has."""
    found = apply_tags(spark_files(spark, [file("a", **given)], "person"), registry(tag("t", rule)), "person")
    ((only,),) = [row.tags for row in found.collect()]
    return only.since, only.until, only.clauses


def test_a_tag_says_since_when_until_when_and_by_which_clauses(spark):
    rule = "aged(60) OR holds('P') OR (sex = 'male' AND NOT aged(18))"
    documents = [{"type": "P", "status": "valid", "issued_on": "2001-05-01", "expires_on": "2030-04-30"}]
    assert told(spark, rule, birth_date="1980-01-01", sex="female", documents=documents) == (
        date(2001, 5, 1),
        date(2030, 4, 30),
        ["holds('P')"],
    )
    # From the fortieth birthday on nothing in the file ends it, and the permit began it.
    aged = rule.replace("60", "40")
    assert told(spark, aged, birth_date="1980-02-29", sex="female", documents=documents) == (
        date(2001, 5, 1),
        None,
        ["aged(40)", "holds('P')"],
    )
    assert told(spark, rule, birth_date="2010-07-01", sex="male") == (
        date(2000, 1, 1),  # the tag's own first day
        date(2028, 6, 30),
        ["sex = 'male' AND NOT aged(18)"],
    )


def test_a_tags_last_day_ends_its_stretch(spark):
    tags = registry(tag("t", "sex = 'male'", valid_until=date(2026, 1, 31)))
    ((only,),) = [
        row.tags for row in apply_tags(spark_files(spark, [file(sex="male")], "person"), tags, "person").collect()
    ]
    assert (only.since, only.until) == (date(2000, 1, 1), date(2026, 1, 31))


@pytest.mark.parametrize("kind", KINDS)
def test_stretches_and_changes_are_those_that_one_file_is_told(spark, kind):
    @settings(
        max_examples=CASES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(registries(kind, 16), st.lists(files(kind), min_size=20, max_size=20))
    def equal(tags, given):
        rows = [{**row, "subject": str(number)} for number, row in enumerate(given)]
        one = OneFile(tags, kind)
        found = {row.subject: row.tags for row in apply_tags(spark_files(spark, rows, kind), tags, kind).collect()}
        for row in rows:
            ours = [(each.id, each.since, each.until) for each in found[row["subject"]]]
            assert ours == [(each.tag, each.since, each.until) for each in one.earned(row)], row
        ahead = outlook(spark_files(spark, rows, kind), tags, kind, 24).collect()
        told = [(row["subject"], *vars(each).values()) for row in rows for each in one.outlook(row, in_two_years(row))]
        assert sorted((row.subject, row.tag, row.day, row.change) for row in ahead) == sorted(told)

    equal()


def in_two_years(row):
    day = row["as_of"]
    return date(day.year + 2, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def test_a_rule_with_too_many_alternatives_is_earned_all_the_same(spark):
    pairs = " AND ".join(f"(aged({n}) OR aged({n + 50}))" for n in range(7))
    row = file("a", birth_date="1990-01-01", facts=[fact("birth_date", "residents")])
    assert earned(spark, [tag("x", pairs)], row) == {"a": [("x", [("fact:birth_date", "residents", JUNE)])]}


def test_a_file_without_lists_has_tags_without_evidence(spark):
    row = {"subject": "a", "as_of": JUNE, "sex": "male"}
    assert earned(spark, [tag("man", "sex = 'male' OR holds('X')")], row) == {"a": [("man", [])]}


def test_tag_ids_keep_the_files_columns_and_answer_for_each_rows_day(spark):
    rows = [file("a", as_of=date(year, 7, 1), birth_date="1960-07-01") for year in (2019, 2020)]
    files = spark_files(spark, rows, "person")
    found = tag_ids(files, registry(tag("old", "aged(60)"), tag("grown", "aged(18)")), "person")
    assert found.columns == [*files.columns, "tags"]
    assert sorted((row.as_of.year, row.tags) for row in found.collect()) == [
        (2019, ["grown"]),
        (2020, ["grown", "old"]),
    ]


def test_truths_are_no_yes_and_unknown(spark):
    atoms = parse("aged(60) AND sex = 'male' AND holds('X')", "person").atoms
    found = truths(spark_files(spark, [file("a", birth_date="1960-07-01", documents=None)], "person"), atoms)
    assert found.schema["truths"].dataType.simpleString() == "array<tinyint>"
    assert found.select("truths").first()[0] == [1, 2, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_registry_answers_its_own_examples_on_spark_too(spark, kind):
    tags = load()
    asked = [
        (f"{each.id} {number}", each.id, example)
        for each in tags.of(kind)
        for number, example in enumerate(each.examples)
    ]
    rows = [{**example.given, "subject": key, "as_of": example.as_of} for key, _, example in asked]
    files = spark_files(spark, rows, kind)
    found = {row.subject: [each.id for each in row.tags] for row in apply_tags(files, tags, kind).collect()}
    assert {key for key, name, _ in asked if name in found[key]} == {
        key for key, _, example in asked if example.expect == "yes"
    }
    assert {row.subject: row.tags for row in tag_ids(files, tags, kind).select("subject", "tags").collect()} == found
