"""How a refused rule is reported: where, what came, what was expected, the nearest right name; it parses nothing."""

from collections.abc import Iterable
from difflib import get_close_matches

from sqlglot import exp

from profiles.errors import RuleError


def refusal(where: str, text: str, node: exp.Expression | None, message: str) -> RuleError:
    """The error to raise for ``node`` of the rule ``text``; ``where`` says which rule, e.g. ``tag senior_60``."""
    offset = _offset(node)
    if offset is None:
        return RuleError(f"{where}: {message}")
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return RuleError(f"{where}, line {line}, column {column}: {message}")


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean aged?``, or the known names where none is near and they are few, else nothing.

    >>> nearest("birthdate", ["birth_date", "sex"])
    '; did you mean birth_date?'
    """
    names, wanted = sorted(known), name.lower()
    # Who leaves out the end of a name, or shouts it, means it all the same.
    begun = [each for each in names if len(wanted) > 2 and each.startswith(wanted)]
    close = begun or get_close_matches(wanted, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(names)}" if 0 < len(names) <= 16 else ""


def _offset(node: exp.Expression | None) -> int | None:
    if node is None:
        return None
    # sqlglot notes places on names and literals alone, so a node stands where its first one does.
    starts = [part.meta["start"] for part in node.walk() if "start" in part.meta]
    return min(starts, default=None)
