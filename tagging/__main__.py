"""``python -m tagging check``: lints the registry and runs its examples; it needs neither Spark nor data."""

import sys
import time

from profiles.errors import YidangError
from tagging.check import gaps, problems
from tagging.personas import load_personas
from tagging.registry import load


def main(arguments: list[str]) -> int:
    """0 where the registry is clean, 1 where it is not, 2 for a wrong call."""
    if arguments != ["check"]:
        print("usage: python -m tagging check", file=sys.stderr)
        return 2
    began = time.perf_counter()
    try:
        registry, personas = load(), load_personas()
        found = [*problems(registry, personas), *gaps(registry)]
    except YidangError as error:
        found = [str(error)]
    else:
        examples = sum(len(tag.examples) for tag in registry.tags)
        said = f"{len(registry.tags)} tags, {examples} examples, {len(personas)} personas"
        summary = f"{said}, registry {registry.version}"
        print(f"{summary}, {len(found) or 'no'} problems, {time.perf_counter() - began:.1f} s")
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
