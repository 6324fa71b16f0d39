"""Which rules are read and how, and how the rest is refused."""

import subprocess
import sys

import pytest

from profiles.errors import RuleError
from tagging.rules import And, Leaf, Not, Or, parse

TAGS = {
    "old": "aged(60)",
    "old_woman": "tag('old') AND sex = 'female'",
    "here": "tag('there')",
    "there": "NOT tag('here')",
}


def atom(text: str, kind: str = "person") -> tuple[str, tuple[object, ...], tuple[str, ...]]:
    (only,) = parse(text, kind, tags=TAGS).atoms
    return only.code, only.args, only.reads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aged(60)", ("aged(60)", (60,), ("fact:birth_date",))),
        ("sex='female'", ("sex = 'female'", ("sex", "female"), ("fact:sex",))),
        ("'female' = sex", ("sex = 'female'", ("sex", "female"), ("fact:sex",))),
        ("3 < vehicles", ("vehicles > 3", ("vehicles", 3), ("fact:vehicles",))),
        (
            "housing_fund_balance >= -0.5",
            ("housing_fund_balance >= -0.5", ("housing_fund_balance", "-0.5"), ("fact:housing_fund_balance",)),
        ),
        ("holds('ID_CARD')", ("holds('ID_CARD')", ("ID_CARD",), ("document:ID_CARD",))),
        ("died_on IS NULL", ("died_on IS NULL", ("died_on",), ("fact:died_on",))),
        (
            "birth_date > '2024-02-29'",
            ("birth_date > DATE '2024-02-29'", ("birth_date", "2024-02-29"), ("fact:birth_date",)),
        ),
        (
            "graduates_on <= as_of + interval '3' month",
            (
                "graduates_on <= as_of + INTERVAL 3 MONTH",
                ("graduates_on", "as_of + INTERVAL 3 MONTH"),
                ("fact:graduates_on",),
            ),
        ),
        (
            "hukou_division <> residence_division",
            (
                "hukou_division <> residence_division",
                ("hukou_division", "residence_division"),
                ("fact:hukou_division", "fact:residence_division"),
            ),
        ),
        ("lives_in('3101', '3102')", ("lives_in('3101', '3102')", ("3101", "3102"), ("fact:residence_division",))),
        (
            "tag('old_woman')",
            ("tag('old_woman')", ("old_woman",), ("tag:old_woman", "tag:old", "fact:birth_date", "fact:sex")),
        ),
        ("TRUE", ("TRUE", (), ())),
    ],
)
def test_a_leaf_has_a_canonical_code_its_arguments_and_what_it_reads(text, expected):
    assert atom(text) == expected


def test_where_an_enterprise_is_is_another_column_than_where_a_person_lives():
    assert atom("lives_in('31')", "enterprise")[2] == ("fact:division",)


def test_and_binds_tighter_than_or_and_not_tighter_than_both():
    rule = parse("NOT aged(1) AND aged(2) OR aged(3)", "person")
    one, two, three = (Leaf(each) for each in rule.atoms)
    assert rule.tree == Or((And((Not(one), two)), three))
    assert rule.code == "(NOT (aged(1)) AND aged(2)) OR aged(3)"


def test_negated_comparisons_become_not_over_the_plain_one():
    rule = parse(
        "sex IS NOT NULL AND sex NOT IN ('x') AND sex NOT LIKE 'x%' AND vehicles NOT BETWEEN 1 AND 2", "person"
    )
    assert isinstance(rule.tree, And)
    assert all(isinstance(part, Not) for part in rule.tree.children)
    assert [each.word for each in rule.atoms] == ["is_null", "in", "like", "between"]


def test_a_repeated_leaf_is_one_atom():
    assert [each.code for each in parse("aged(60) OR (aged(60) AND sex = 'male')", "person").atoms] == [
        "aged(60)",
        "sex = 'male'",
    ]


def test_the_canonical_code_parses_to_the_same_tree():
    text = "NOT (aged(60) OR sex = 'male') AND (holds('A') OR vehicles BETWEEN 1 AND 3 AND tag('old'))"
    rule = parse(text, "person", tags=TAGS)
    assert parse(rule.code, "person", tags=TAGS) == rule


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("agd(60)", "rule, line 1, column 1: agd: no such word; did you mean aged?"),
        (
            "sex = 'male'\n AND brth_date < as_of",
            "line 2, column 6: a file of kind person has no column brth_date; did you mean birth_date?",
        ),
        ("tag('od')", "line 1, column 1: no tag 'od' for this kind of file; did you mean old?"),
        ("tag('here')", "tag there, line 1, column 5: the tag leads back to itself: here -> there -> here"),
        ("industry_in('62')", "industry_in: not a word for a file of kind person"),
        ("within_days_of('birt', 9)", "within_days_of('birt'): no such event; did you mean birth?"),
        ("has('childs')", "has('childs'): no such link; did you mean child?"),
        ("aged('60')", "column 6: '60' should be a whole number"),
        ("aged(60, 70)", "aged takes (years), 2 arguments were given"),
        ("expires_within('X')", "expires_within takes (document, days), 1 argument was given"),
        ("AGED(60)", "line 1, column 1: AGED: no such word; did you mean aged?"),
        ("age >= 60", "a file of kind person has no column age; did you mean aged?"),
        ("hukou = '31'", "a file of kind person has no column hukou; did you mean hukou_division?"),
        ("sex = male", "line 1, column 7: male should be a text in single quotes; write 'male'"),
        ('sex = "male"', "should be a text in single quotes; write 'male'"),
        ("holds(HKM_PERMIT)", "HKM_PERMIT should be a text in single quotes; write 'HKM_PERMIT'"),
        ("lives_in(3101)", "3101 should be a text in single quotes; write '3101'"),
        ("sex <> NULL", "NULL should be a text; whether it is known is asked with IS NULL"),
        ("holds('')", "holds(''): the document should not be empty"),
        ("birth_date <= '60 years ago'", "'60 years ago' is no date; write '2024-02-29', as_of or as_of - INTERVAL"),
        ("from_day('2030-13-01')", "column 10: '2030-13-01' is no date"),
        ("from_day(as_of)", "as_of should be a text in single quotes"),
        ("aged(60", "the brackets do not match, 1 opened and 0 closed"),
        ("aged(60) && sex = 'male'", "write AND instead of &&"),
        ("aged(600)", "600 years is out of range"),
        ("has_child_aged(6, 3)", "has_child_aged wants from < below"),
        ("lives_in('31%')", "the prefix should be digits of a code"),
        ("sex < 'm'", "orders texts; use =, IN or LIKE"),
        ("vehicles LIKE '1%'", "LIKE is for texts, the column is INT"),
        ("vehicles = 'two'", "'two' should be a whole number"),
        ("pension_months > 1.5", "1.5 should be a whole number"),
        ("birth_date < '2023-02-29'", "'2023-02-29' is no date"),
        ("birth_date + INTERVAL 1 DAY < as_of", "stands where a column of the file should"),
        ("birth_date < as_of - INTERVAL 3 WEEK", "write as_of - INTERVAL 30 DAY (or MONTH, YEAR)"),
        ("birth_date < as_of - INTERVAL 999999 DAY", "is longer than 200 years"),
        ("birth_date = hukou_division", "compare columns of one type"),
        ("documents IS NULL", "documents cannot be compared; use words such as holds"),
        ("subject = 'x'", "subject cannot be compared"),
        ("sex", "the column sex alone is not allowed in a rule; compare it"),
        ("\"sex\" = 'x'", "write sex without quotes"),
        ("files.sex = 'x'", "files.sex is not allowed in a rule (table)"),
        ("sex = 'it''s'", "holds a quote, a backslash or an unprintable sign"),
        ("sex LIKE 'a\\_b'", "holds a quote, a backslash or an unprintable sign"),
        ("sex = NULL", "should be a text"),
        ("sex IN ()", "name at least one value"),
        ("FALSE", "FALSE is not allowed in a rule"),
        ("", "the rule is empty"),
        ("aged(60) AND", "the rule does not parse"),
        ("aged(60); DROP TABLE files", "found 2 statements"),
        ("aged(60) -- old", "a comment is not allowed"),
        ("/* old */ aged(60)", "a comment is not allowed"),
        ("CAST(sex AS INT) = 1", "stands where a column of the file should"),
        ("birth_date < CAST('2020-01-01' AS DATE)", "is no date; write '2024-02-29'"),
        ("sex::INT = 1", "stands where a column of the file should"),
        ("sqrt(4) = 2", "stands where a column of the file should"),
        ("date_diff('year', birth_date, as_of) > 60", "stands where a column of the file should"),
        ("sex IN (SELECT sex FROM files)", "is not allowed in a rule (query)"),
        ("EXISTS (SELECT 1)", "is not allowed in a rule"),
        ("CASE WHEN aged(60) THEN TRUE END", "is not allowed in a rule"),
        ("sex LIKE 'a%' ESCAPE '!'", "is not allowed in a rule"),
        ("sex ILIKE 'a%'", "is not allowed in a rule"),
        ("sex RLIKE 'a'", "is not allowed in a rule"),
        ("vehicles BETWEEN SYMMETRIC 2 AND 1", "is not allowed in a rule (symmetric)"),
        ("sex IS TRUE", "only IS NULL and IS NOT NULL are allowed"),
        ("SELECT 1", "is not allowed in a rule"),
        ("aged(60) AS old", "is not allowed in a rule"),
        ("sex = @name", "should be a text"),
        ("sex = ?", "should be a text"),
        ("(" * 61 + "aged(60)" + ")" * 61, "at most 4000 and 60 are allowed"),
        ("aged(60) OR " * 400 + "aged(60)", "at most 4000 and 60 are allowed"),
    ],
)
def test_whatever_is_not_whitelisted_is_refused_with_a_place_and_a_hint(text, message):
    with pytest.raises(RuleError) as refused:
        parse(text, "person", tags=TAGS)
    assert message in str(refused.value)


def test_the_error_opens_with_where_the_rule_stands():
    with pytest.raises(RuleError, match=r"^service senior_card, line 1, column 1: agd: no such word"):
        parse("agd(60)", "person", where="service senior_card")


def test_the_rule_language_loads_no_engine():
    loaded = "import sys, tagging.rules; print([m for m in ('pyspark', 'duckdb', 'pandas') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
