"""Spark, DuckDB and the three-valued logic over arrays give one answer, row by row.

A case is a file and a rule drawn together. A Spark job costs the same for one rule as for many, so cases are drawn
first and then asked in batches, every rule of every file: some interpreted, some compiled, as Spark does either.
``YIDANG_PROVE=1`` draws 10,000 cases.
"""

import os
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from profiles.model import KINDS
from tagging.rules import kleene, parse
from tests.tagging.rules.strategies import files, rules
from tests.tagging.sample import duckdb_answers, file, spark_answers

CASES = 10_000 if os.environ.get("YIDANG_PROVE") else 320
BATCH = 160
COMPILED = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}


@pytest.mark.parametrize("kind", KINDS)
def test_both_engines_and_the_logic_over_arrays_agree(spark, kind, capsys):
    compiling, answered = spark.newSession(), 0
    for name, value in COMPILED.items():
        compiling.conf.set(name, value)
    cases = drawn(kind, CASES // len(KINDS))
    for number, start in enumerate(range(0, len(cases), BATCH)):
        answered += agree(spark if number % 4 else compiling, cases[start : start + BATCH], kind)
    with capsys.disabled():
        print(f"\n{len(cases):,} cases of {kind} files, {answered:,} answers alike", end=" ")


def drawn(kind, count):
    """So many files, each with a rule."""
    found = []

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(files(kind), rules(kind)))
    def draw(case):
        found.append(case)

    draw()
    return found[:count]


def agree(spark, cases, kind):
    """How many answers there were; every rule is asked of every file, by three engines."""
    rows, read = [row for row, _ in cases], [parse(text, kind) for _, text in cases]
    by_spark = np.array(spark_answers(spark, rows, kind, read))
    by_duckdb = np.array(duckdb_answers(rows, kind, read))
    atoms = {atom.code: atom for rule in read for atom in rule.atoms}
    answers = np.array(duckdb_answers(rows, kind, list(atoms.values())), dtype=np.int8)
    truths = {code: answers[:, place] for place, code in enumerate(atoms)}
    by_logic = np.stack([kleene(rule, truths) for rule in read], axis=1)
    for row, rule in np.argwhere((by_spark != by_duckdb) | (by_spark != by_logic)):
        answered = (by_spark[row, rule], by_duckdb[row, rule], by_logic[row, rule])
        pytest.fail(f"{read[rule].code}: Spark, DuckDB and logic say {answered} of {rows[row]}")
    return by_spark.size


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
