"""How values are spelt in Spark's SQL; it knows no column and no rule.

Texts of SQL rather than Column objects wherever no secret stands in them: a feed takes hundreds of expressions and a
file thousands, and each Column costs a call to the JVM. Secrets stay out of texts, which errors quote.
"""

from collections.abc import Iterable

_ESCAPED = str.maketrans({"\\": r"\\", "'": r"\'", "\0": r"\0", "$": r"\u0024"})  # Spark would fill in ${name}


def quoted(text: str) -> str:
    r"""The text as a literal.

    >>> print(quoted(r"it's \d$"))
    'it\'s \\d\u0024'
    """
    return f"'{text.translate(_ESCAPED)}'"


def listed(texts: Iterable[str]) -> str:
    """Texts as the literals of an IN.

    >>> listed(["a", "b"])
    "('a', 'b')"
    """
    return f"({', '.join(map(quoted, texts))})"


def cases(*branches: tuple[str, str], otherwise: str = "") -> str:
    """The value beside the first condition that is true; NULL, or ``otherwise``, where none is.

    >>> cases(("a > 1", "'big'"), ("a > 0", "'small'"))
    "CASE WHEN a > 1 THEN 'big' WHEN a > 0 THEN 'small' END"
    >>> cases(otherwise="1")
    '1'
    """
    if not branches:
        return otherwise or "NULL"
    last = f" ELSE {otherwise}" if otherwise else ""
    return f"CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in branches)}{last} END"
