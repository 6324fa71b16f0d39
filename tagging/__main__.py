"""``python -m tagging check | preview | train-texts``: lints, previews, learns to read texts; it needs no Spark."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from profiles.errors import YidangError
from tagging.check import gaps, objections, problems
from tagging.personas import load_personas
from tagging.preview import differences, lines, persona_changes, reach
from tagging.registry import load, with_tags_of

WEIGHTS = Path(__file__).parent / "texts" / "weights"


def main(arguments: Sequence[str]) -> int:
    """0 where all is well, 1 where it is not, 2 for a wrong call."""
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    try:
        if asked.command == "train-texts":
            return train_texts(asked)
        return check() if asked.command == "check" else preview(asked)
    except YidangError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tagging", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="lint the registry and the personas and run every example")
    shown = commands.add_parser("preview", help="who would gain or lose a tag, and which personas would change")
    shown.add_argument("rule", nargs="?", type=Path, help="tags in the registry's form, new ones or in others' place")
    shown.add_argument("--registry", type=Path, help="a whole registry to compare with instead: its folder")
    shown.add_argument("--files", type=Path, action="append", default=[], help="folder of a run of a file table")
    shown.add_argument("--day", type=date.fromisoformat, help="YYYY-MM-DD; today in Shanghai by default")
    learned = commands.add_parser("train-texts", help="learn to read scopes and job titles from the reference tables")
    learned.add_argument("--data", type=Path, required=True, help="folder with reference_cn/ and job_titles_cn/")
    learned.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights go; this package by default")
    learned.add_argument("--seed", type=int, default=7)
    return parser


def check() -> int:
    """Print a line of counts, and each problem on stderr."""
    began = time.perf_counter()
    registry, personas = load(), load_personas()
    found = [*problems(registry, personas), *gaps(registry)]
    examples = sum(len(tag.examples) for tag in registry.tags)
    said = f"{len(registry.tags)} tags, {examples} examples, {len(personas)} personas, registry {registry.version}"
    print(f"{said}, {len(found) or 'no'} problems, {time.perf_counter() - began:.1f} s")
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


def train_texts(asked: argparse.Namespace) -> int:
    """Write the weights and print a line about them."""
    from tagging.texts.train import train

    print(train(asked.data, asked.out, asked.seed))
    return 0


def preview(asked: argparse.Namespace) -> int:
    """Print what the proposed tags would change, and on stderr all for which `check` would refuse them."""
    if (asked.rule is None) == (asked.registry is None):
        print("name a file of tags, or a registry's folder with --registry", file=sys.stderr)
        return 2
    base = load()
    proposed = with_tags_of(base, asked.rule) if asked.rule else load(asked.registry)
    found = differences(base, proposed)
    day = asked.day or datetime.now(ZoneInfo("Asia/Shanghai")).date()
    reached = reach(base, proposed, found.asked, asked.files, day)
    personas = load_personas()
    for line in lines(found, persona_changes(base, proposed, personas), reached):
        print(line)
    if not asked.files and found.asked:
        print("nobody was counted: name folders of files with --files, or run `python -m jobs preview`")
    refused = objections(proposed, personas)
    for sentence in refused:
        print(sentence, file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # whoever reads our lines (head, less) may stop reading
    sys.exit(main(sys.argv[1:]))
