"""Scores pairs of a record and a resident with Splink on a DuckDB in memory; it writes nothing and logs nothing.

The one door to Splink. What it is handed is in clear, so DuckDB may not spill to disk and Splink may not speak.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker

from profiles.linkage.terms import Level, Terms

# What both sides are compared by; birth dates are eight digits, unknown is NULL.
PERSON = pa.schema(
    [
        ("id", pa.string()),
        ("name", pa.string()),
        ("surname", pa.string()),
        ("spellings", pa.list_(pa.string())),
        ("birth_date", pa.string()),
        ("phones", pa.list_(pa.string())),
    ]
)
UNKNOWN = "unknown"

# Splink puts the table whose name sorts first on the left.
_RECORDS, _RESIDENTS = "records", "residents"


@dataclass(frozen=True)
class Evidence:
    """The level that one comparison fell into, and its weight in bits."""

    comparison: str
    level: str
    weight: float


@dataclass(frozen=True)
class Pair:
    """A record and a resident that may be the same person; ``weight`` is the odds of that in bits."""

    record: str
    subject: str
    weight: float
    probability: float
    evidence: tuple[Evidence, ...]


def scored(records: pa.Table, residents: pa.Table, terms: Terms) -> list[Pair]:
    """Every pair that may decide a link, by record and subject.

    Args:
        records, residents: tables of ``PERSON``, each id once.
    """
    if not len(records) or not len(residents):
        return []
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    with duckdb.connect(":memory:", config={"temp_directory": ""}) as connection:
        database = DuckDBAPI(connection)
        sides = [
            database.register(table, dataset_display_name=name)
            for name, table in ((_RECORDS, records), (_RESIDENTS, residents))
        ]
        linker = Linker(sides, _settings(terms, len(residents)), log_level=None)
        # A pair below this is neither linked nor close enough to one that is.
        floor = terms.threshold_bits - terms.lead_bits
        predicted = linker.inference.predict(threshold_match_weight=floor, warning_mode="never")
        found = predicted.as_pyarrow_table().to_pylist()  # type: ignore[no-untyped-call]
    pairs = [_pair(row, terms) for row in found]
    return sorted(pairs, key=lambda pair: (pair.record, pair.subject))


def _settings(terms: Terms, residents: int) -> dict[str, object]:
    return {
        "link_type": "link_only",
        "unique_id_column_name": "id",
        # Of all pairs, those of one person: each record has at most one.
        "probability_two_random_records_match": terms.share / max(residents, 2),
        "blocking_rules_to_generate_predictions": [_block(names) for names in terms.compared_where],
        "comparisons": [
            {"output_column_name": name, "comparison_levels": [_unknown(name), *map(_level, levels)]}
            for name, levels in terms.comparisons.items()
        ],
        "retain_matching_columns": True,  # else Splink does not tell the levels
        "retain_intermediate_calculation_columns": False,
    }


def _block(names: tuple[str, ...]) -> dict[str, object]:
    rule = " AND ".join(f"l.{name} = r.{name}" for name in names)
    return {"blocking_rule": rule, **({"arrays_to_explode": ["phones"]} if "phones" in names else {})}


def _unknown(name: str) -> dict[str, object]:
    return {
        "sql_condition": f"{name}_l IS NULL OR {name}_r IS NULL",
        "label_for_charts": UNKNOWN,
        "is_null_level": True,
    }


def _level(level: Level) -> dict[str, object]:
    return {
        "sql_condition": level.when or "ELSE",
        "label_for_charts": level.name,
        "m_probability": level.same,
        "u_probability": level.other,
    }


def _pair(row: Mapping[str, object], terms: Terms) -> Pair:
    evidence = tuple(_evidence(name, levels, row[f"gamma_{name}"]) for name, levels in terms.comparisons.items())
    return Pair(
        record=str(row["id_l"]),
        subject=str(row["id_r"]),
        weight=round(float(str(row["match_weight"])), 6),
        probability=round(float(str(row["match_probability"])), 9),
        evidence=evidence,
    )


def _evidence(name: str, levels: tuple[Level, ...], number: object) -> Evidence:
    """Splink numbers levels from the last, which is 0; what is unknown is -1."""
    place = len(levels) - 1 - int(str(number))
    if place >= len(levels):
        return Evidence(name, UNKNOWN, 0.0)
    return Evidence(name, levels[place].name, round(levels[place].weight, 6))
