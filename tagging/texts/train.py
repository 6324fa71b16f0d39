"""Learns both models from the reference tables and writes the weights; nothing that answers imports it.

The same data and seed give the same bytes. Titles: names and aliases of 职业分类大典 2022, titles with their expected
codes, and ``known`` of ``rules/titles.yaml``. Trades: names of GB/T 4754-2017 and ``known`` of ``rules/trades.yaml``.
"""

import csv
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from profiles.errors import SettingsError
from tagging.texts import lexicon, titles
from tagging.texts.fit import Examples, Fit, fit, folds_by_opening
from tagging.texts.likeness import Likeness
from tagging.texts.ngrams import plain
from tagging.texts.sealed import MANIFEST, manifest_of
from tagging.texts.weights import packed

OCCUPATIONS, TITLES = "reference_cn/csco22.csv", "job_titles_cn/titles.csv"
INDUSTRIES = "reference_cn/gbt4754.csv"
SEED = 7
FOLDS = 5

# How much groups count beside the code itself, and how a name counts beside a title that people really wrote.
TITLE_LEVELS = ((10, 1.0), (7, 0.5), (4, 0.5), (1, 0.3))
TRADE_LEVELS = ((4, 1.0), (3, 0.5), (2, 0.5))
PENALTY = 0.4
WORTH_OF_NAME = 0.3

# Marks of green (L) and digital (S) occupations at the end of a name.
_MARKS = re.compile(r"(?<=[\u4e00-\u9fff])(L/S|[LSls])$")


def train(data: Path, out: Path, seed: int = SEED) -> str:
    """Write both models and the manifest into ``out``; one line that says how they do.

    Raises SettingsError where a table is missing in ``data``.
    """
    titled, traded = title_fit(data, seed), trade_fit(data, seed)
    contents = {"titles": packed(titled.model), "trades": packed(traded.model)}
    tables = {name: hashlib.sha256(_path(data, name).read_bytes()).hexdigest() for name in _TABLES}
    out.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (out / f"{name}.npz").write_bytes(content)
    codes = {"titles": titled.model.codes, "trades": traded.model.codes}
    (out / MANIFEST).write_text(manifest_of(contents, codes, seed, tables), "utf-8")
    sizes = ", ".join(f"{name} {len(content) / 2**20:.1f} MB" for name, content in contents.items())
    return f"{len(titled.model.codes)} occupations, {len(traded.model.codes)} industries; {sizes}"


def title_fit(data: Path, seed: int = SEED, folds: Sequence[int] | None = None) -> Fit:
    """The model of titles; ``folds`` is one per row of ``real_titles``, by their openings unless given."""
    real, names = real_titles(data), [*occupation_names(data), *titles.worked_examples()]
    chosen = folds_by_opening([plain(title) for title, _ in real], FOLDS) if folds is None else folds
    curated = len(titles.worked_examples())
    examples = Examples(
        texts=tuple(titles.stripped(title) for title, _ in [*real, *names]),
        codes=tuple(code for _, code in [*real, *names]),
        worth=(*[1.0] * len(real), *[WORTH_OF_NAME] * (len(names) - curated), *[1.0] * curated),
        folds=(*chosen, *[-1] * len(names)),
    )

    def ruled(scores: npt.NDArray[np.float32], model: Likeness) -> None:
        titles.add_rules(scores, examples.texts, model)

    return fit(examples, TITLE_LEVELS, penalty=PENALTY, seed=seed, adjusted=ruled)


def trade_fit(data: Path, seed: int = SEED) -> Fit:
    """The model of what a scope's clauses say, judged by examples left out one at a time."""
    named = [(plain(row["name"]), row["code"]) for row in table(data, INDUSTRIES) if row["level"] == "4"]
    curated = [(plain(text), code) for text, code in lexicon.worked_examples()]
    both = [*named, *curated]
    examples = Examples(
        texts=tuple(text for text, _ in both),
        codes=tuple(code for _, code in both),
        worth=(*[WORTH_OF_NAME] * len(named), *[1.0] * len(curated)),
        folds=(*[-1] * len(named), *range(len(curated))),
    )
    return fit(examples, TRADE_LEVELS, penalty=PENALTY, seed=seed)


def real_titles(data: Path) -> list[tuple[str, str]]:
    """(title, expected code) of every row whose code the classification knows, once per title."""
    known = {row["code"] for row in table(data, OCCUPATIONS)}
    told = {row["job_name"]: row["expected_code"] for row in table(data, TITLES)}
    return [(title, code) for title, code in told.items() if code in known]


def occupation_names(data: Path) -> list[tuple[str, str]]:
    """(name or alias, code) of every occupation and group, its marks taken off."""
    found = {
        (_MARKS.sub("", name.strip()), row["code"])
        for row in table(data, OCCUPATIONS)
        for name in (row["name"], *row["alias"].split(","))
        if name.strip()
    }
    return sorted(found)


_TABLES = (OCCUPATIONS, TITLES, INDUSTRIES)


def _path(data: Path, table: str) -> Path:
    path = data / table
    if not path.is_file():
        raise SettingsError(f"{path} is missing: --data names the folder that holds {', '.join(_TABLES)}")
    return path


def table(data: Path, table: str) -> list[dict[str, str]]:
    """The rows of a reference table. Raises SettingsError where it is missing."""
    with _path(data, table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
