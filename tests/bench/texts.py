"""How well job titles and scopes are read, beside the plainest way: accuracy, coverage and what is left unread.

``titles`` judges over folds by titles that no fit has seen, in two ways: titles dealt at random, and titles that open
with a character that none of the others opens with, as in the other part of a sorted list. The plainest way is the
nearest reference name by character n-grams. ``scopes`` reads the whole register, and two samples of 200 labelled by
hand: by the first the rules were written, so the second alone, labelled before it was read, says how good they are.
"""

import argparse
import csv
import gzip
import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from profiles.errors import SettingsError
from tagging.texts import permits, titles, trades, train
from tagging.texts.fit import folds_by_opening
from tagging.texts.ngrams import Grams, plain
from tagging.texts.scope import needs_approval
from tagging.texts.weights import weights

DATA = Path(os.environ.get("YIDANG_DATA", "../shared/data"))
REGISTER = "enterprises_shanghai/enterprises.csv.gz"
_LABELS = Path(__file__).parents[1] / "tagging" / "texts"
# No enterprise is in both. The second are those whose sha256 of "2:" and the sha256 of their code comes first.
SAMPLES = {
    "first sample, which the rules were written by": _LABELS / "scopes_labelled.csv",
    "second sample, labelled before it was read": _LABELS / "scopes_labelled_second.csv",
}
# 职业 d-dd-dd-dd, 小类 d-dd-dd, 中类 d-dd (the three-digit group), 大类 d
LEVELS = {"8-digit code": 10, "小类 d-dd-dd": 7, "3-digit group 中类 d-dd": 4, "大类 d": 1}
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)

Texts = npt.NDArray[np.str_]


def main(arguments: Sequence[str]) -> None:
    """``titles`` or ``scopes``."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description="how well free text is read")
    asked.add_argument("which", choices=("titles", "scopes"))
    asked.add_argument("--data", type=Path, default=DATA)
    asked.add_argument("--file", type=Path, help="titles: try the shipped weights on job_name,expected_code of a CSV")
    asked.add_argument("--folds", type=int, default=5)
    given = asked.parse_args(arguments)
    try:
        if given.which == "scopes":
            scopes(given.data)
        elif given.file:
            titles_file(given.file, given.data)
        else:
            titles_folds(given.data, given.folds)
    except SettingsError as error:
        asked.error(str(error))


def titles_folds(data: Path, folds: int) -> None:
    """Cross-validation of the method over the distinct titles of the reference table."""
    real = train.real_titles(data)
    expected = np.array([code for _, code in real])
    _baseline([title for title, _ in real], expected, data)
    dealt = np.random.default_rng(train.SEED).permutation(len(real)) % folds
    by_opening = folds_by_opening([plain(title) for title, _ in real], folds)
    for name, chosen in (("dealt at random", dealt.tolist()), ("by opening character", by_opening)):
        fit = train.title_fit(data, folds=chosen)
        unseen = fit.unseen[: len(real)]
        print(f"\n{folds} folds {name}, {len(real)} titles")
        found = np.array(fit.model.codes)[unseen.argmax(axis=1)]
        _accuracy(found, expected)
        _curve(found, expected, fit.model.confidence(unseen))


def titles_file(file: Path, data: Path) -> None:
    """The shipped weights on another file, titles of the training counted apart."""
    with file.open(encoding="utf-8-sig", newline="") as rows:
        told = {row["job_name"]: row["expected_code"] for row in csv.DictReader(rows) if row["expected_code"]}
    seen = {title for title, _ in train.real_titles(data)}
    for name, chosen in (
        ("not in the training", [title for title in told if title not in seen]),
        ("in the training", [title for title in told if title in seen]),
    ):
        print(f"\n{len(chosen)} titles {name}, weights {weights().version}")
        if chosen:
            read = titles.best(chosen, weights().titles)
            found = np.array([one.code or "" for one in read])
            expected = np.array([told[title] for title in chosen])
            _baseline(chosen, expected, data)
            _accuracy(found, expected)
            _curve(found, expected, np.array([one.confidence for one in read]))


def scopes(data: Path) -> None:
    """The whole register, then the labelled sample."""
    with gzip.open(data / REGISTER, "rt", encoding="utf-8", newline="") as rows:
        firms = [row for row in csv.DictReader(rows) if row["经营范围"] not in ("", "N/A", None)]
    read = trades.read([firm["企业名称"] for firm in firms], [firm["经营范围"] for firm in firms])
    print(f"{len(firms)} scopes, weights {weights().version}")
    main = [told[0] if told else None for told in read]
    print(f"a main trade at 2 digits: {_share([one is not None for one in main])}")
    print(f"a main trade at 4 digits: {_share([one is not None and len(one.industry) == 4 for one in main])}")
    print(f"any side trade: {_share([len(told) > 1 for told in read])}")
    needed = [permits.read(firm["经营范围"]) for firm in firms]
    print(f"a permit needed: {_share([bool(one) for one in needed])}")
    print(f"the sentence 依法须经批准: {_share([needs_approval(firm['经营范围']) for firm in firms])}")
    counted = Counter(one.type for told in needed for one in told)
    print(" · ".join(f"{type_} {count}" for type_, count in counted.most_common()))
    divisions = Counter(one.industry[:2] for one in main if one)
    print("main trades: " + " · ".join(f"{two} {count}" for two, count in divisions.most_common(15)))
    hashed = [hashlib.sha256(firm["统一社会信用代码"].encode()).hexdigest() for firm in firms]
    for name, file in SAMPLES.items():
        print(f"\n{name}")
        _sample(file, dict(zip(hashed, read, strict=True)))


def _sample(file: Path, read: dict[str, list[trades.Trade]]) -> None:
    with file.open(encoding="utf-8", newline="") as rows:
        labels = list(csv.DictReader(rows))
    told = [(row["main"].split("/"), read[row["enterprise"]]) for row in labels]
    said = [(main, found) for main, found in told if found]
    two = [any(found[0].industry[:2] == one[:2] for one in main) for main, found in said]
    four = [
        found[0].industry in main
        for main, found in said
        if len(found[0].industry) == 4 and all(len(one) == 4 for one in main)
    ]
    likeliest = [found[0].industry[:2] == main[0][:2] for main, found in said]
    print(f"{len(labels)} scopes labelled by hand; a main trade said of {len(said)}")
    print(f"main trade right at 2 digits: {_share(two)} of those said, {sum(two) / len(labels):.1%} of all")
    print(f"  the likeliest alone where a label names several: {_share(likeliest)} of those said")
    print(f"main trade right at 4 digits: {_share(four)} of the {len(four)} that both say to four digits")
    for least in THRESHOLDS:
        sure = [right for right, (_, found) in zip(two, said, strict=True) if found[0].confidence >= least]
        print(f"  confidence from {least}: said of {len(sure) / len(labels):.1%}, right at 2 digits {_share(sure)}")
    sides = [(side, read[row["enterprise"]]) for row in labels for side in row["side"].split()]
    held = sum(any(one.industry[:2] == side for one in found) for side, found in sides)
    print(f"side trades labelled: {len(sides)}, of them read {held}")


def _baseline(asked: Sequence[str], expected: Texts, data: Path) -> None:
    named = train.occupation_names(data)
    official = [(row["name"].rstrip("LS/"), row["code"]) for row in train.table(data, train.OCCUPATIONS)]
    for title, names in (("nearest name", official), ("nearest name or alias", named)):
        texts = [plain(name) for name, _ in names]
        grams = Grams.learned(texts)
        near = (grams.rows([plain(one) for one in asked]) @ grams.rows(texts).T).toarray().argmax(axis=1)
        print(f"baseline, {title}:")
        _accuracy(np.array([names[place][1] for place in near]), expected)


def _accuracy(found: Texts, expected: Texts) -> None:
    shown = [f"{name} {_right(found, expected, length):.1%}" for name, length in LEVELS.items()]
    print("  " + " · ".join(shown))


def _curve(found: Texts, expected: Texts, sure: npt.NDArray[np.float64]) -> None:
    for least in THRESHOLDS:
        kept = sure >= least
        if kept.any():
            code, group = (_right(found[kept], expected[kept], length) for length in (10, 4))
            print(f"  confidence from {least}: read {kept.mean():.1%}, code {code:.1%}, 3-digit group {group:.1%}")


def _right(found: Texts, expected: Texts, length: int) -> float:
    return float(np.mean([one[:length] == other[:length] for one, other in zip(found, expected, strict=True)]))


def _share(flags: Sequence[bool]) -> str:
    return f"{sum(flags) / len(flags):.1%}" if flags else "none"
