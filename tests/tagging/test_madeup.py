"""Files made up for the check: always the same ones, complete, and of the values that rules name."""

from tagging.madeup import FILES, made_up
from tagging.rules import parse
from tests.tagging.sample import duckdb_answers

RULES = [
    parse("aged(60) AND holds('SENIOR_CARD')", "person"),
    parse("has_child_aged(5, 7) OR within_days_of('birth', 365)", "person"),
    parse("lives_in('310115') AND NOT registered_in('31')", "person"),
    parse("sex = 'female' AND pension_months BETWEEN 120 AND 179", "person"),
]


def test_the_same_rules_make_the_same_files():
    once = list(made_up(RULES, "person"))
    assert once == list(made_up(RULES, "person"))
    assert (FILES, len(once), len({row["as_of"] for row in once})) == (100, 100, 100)


def test_every_column_of_them_is_known_and_none_lies_in_the_future_that_cannot():
    for row in made_up(RULES, "person"):
        assert all(value is not None for value in row.values())
        assert row["birth_date"] <= row["as_of"]
        assert all(event["happened_on"] <= row["as_of"] for event in row["events"])


def test_each_rule_that_can_be_true_or_false_is_both_on_some_of_them():
    rows = list(made_up(RULES, "person"))
    for answers in zip(*duckdb_answers(rows, "person", RULES), strict=True):
        assert {0, 1} <= set(answers)
