"""Spark, DuckDB and the three-valued logic over arrays give one answer, row by row.

A case is a file and a rule; Hypothesis draws a file and four rules at a time. What costs Spark time is planning a
rule, not asking it of one more file; so the cases are drawn first, and each different rule is asked of every file,
some rules interpreted and some compiled, as Spark does either. ``YIDANG_PROVE=1`` draws 10,000 cases.
"""

import os
from collections import Counter
from datetime import date

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from profiles.model import KINDS
from tagging.files import duckdb_rows, to_json
from tagging.rules import UNKNOWN, parse
from tagging.rules.logic import kleene
from tests.tagging.rules.strategies import files, rules
from tests.tagging.sample import answered, duckdb_answers, file, said_by_duckdb, spark_answers, spark_files

CASES = 10_000 if os.environ.get("YIDANG_PROVE") else 320
RULES_A_FILE = 4
RULES_A_PLAN = 80
COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}


@pytest.mark.parametrize("kind", KINDS)
def test_both_engines_and_the_logic_over_arrays_agree(spark, kind, capsys):
    cases = drawn(kind, CASES // len(KINDS))
    rows = [row for row, _ in cases[::RULES_A_FILE]]
    read = [parse(text, kind) for text in dict.fromkeys(text for _, text in cases)]
    compiling = spark.newSession()
    for name, value in COMPILED.items():
        compiling.conf.set(name, value)
    by_spark = [spark_files(session, rows, kind).localCheckpoint() for session in (compiling, spark, spark)]
    answers = Counter()
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE files AS {duckdb_rows(kind)}", [to_json(rows, kind)])
        for number, start in enumerate(range(0, len(read), RULES_A_PLAN)):
            answers += agree(by_spark[number % 3], connection, read[start : start + RULES_A_PLAN], rows)
    assert set(answers) == {0, 1, UNKNOWN}
    with capsys.disabled():
        told = ", ".join(f"{answers[one]:,} {name}" for name, one in (("yes", 1), ("no", 0), ("unknown", UNKNOWN)))
        size = f"{len(cases):,} cases, {len(read):,} different rules asked of each of {len(rows):,} {kind} files"
        print(f"\n{size}, alike: {told}", end=" ")


def drawn(kind, count):
    """So many cases: a file, and a rule as text."""
    found = []

    @settings(
        max_examples=count // RULES_A_FILE,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(files(kind), st.lists(rules(kind), min_size=RULES_A_FILE, max_size=RULES_A_FILE))
    def draw(row, texts):
        found.extend((row, text) for text in texts)

    draw()
    assert len(found) == count
    return found


def agree(by_spark, connection, read, rows):
    """How often each answer was given; every rule is asked of every file, by three engines."""
    from_spark, from_duckdb = answered(by_spark, read), said_by_duckdb(connection, "files", read)
    atoms = {atom.code: atom for rule in read for atom in rule.atoms}
    leaves = said_by_duckdb(connection, "files", list(atoms.values())).astype(np.int8)
    by_logic = kleene(read, list(atoms), leaves)
    for row, rule in np.argwhere((from_spark != from_duckdb) | (from_spark != by_logic)):
        told = (from_spark[row, rule], from_duckdb[row, rule], by_logic[row, rule])
        pytest.fail(f"{read[rule].code}: Spark, DuckDB and logic say {told} of {rows[row]}")
    return Counter(dict(zip(*np.unique(from_spark, return_counts=True), strict=True)))


LEAP = [
    # born, day, rule, answer
    (date(1964, 2, 29), date(2024, 2, 28), "aged(60)", 0),
    (date(1964, 2, 29), date(2024, 2, 29), "aged(60)", 1),
    (date(1964, 2, 29), date(2025, 2, 28), "aged(61)", 0),
    (date(1964, 2, 29), date(2025, 3, 1), "aged(61)", 1),
    (date(1965, 2, 28), date(2024, 2, 29), "aged(59)", 1),
    (date(1965, 3, 1), date(2024, 2, 29), "aged(59)", 0),
    (date(2000, 2, 29), date(2100, 2, 28), "aged(100)", 0),
    (date(2000, 2, 29), date(2100, 3, 1), "aged(100)", 1),
    (date(2023, 2, 28), date(2024, 2, 29), "birth_date <= as_of - INTERVAL 12 MONTH", 1),
    (date(2024, 1, 31), date(2024, 2, 29), "birth_date <= as_of - INTERVAL 1 MONTH", 0),
    (date(2024, 1, 29), date(2024, 2, 29), "birth_date <= as_of - INTERVAL 1 MONTH", 1),
    (date(2024, 2, 29), date(2024, 1, 31), "birth_date <= as_of + INTERVAL 1 MONTH", 1),
    (date(2023, 12, 31), date(2024, 1, 1), "birth_date = as_of - INTERVAL 1 DAY", 1),
    (None, date(2024, 2, 29), "aged(0)", 2),
]


def test_leap_days_and_month_ends_are_the_same_everywhere(spark):
    rows = [file(as_of=day, birth_date=born) for born, day, _, _ in LEAP]
    read = [parse(text, "person") for _, _, text, _ in LEAP]
    expected = [answer for *_, answer in LEAP]
    assert np.diagonal(spark_answers(spark, rows, "person", read)).tolist() == expected
    assert np.diagonal(duckdb_answers(rows, "person", read)).tolist() == expected
