"""Hides counts that are so small that they could point to somebody; it counts nothing itself.

A count below ten is not shown. Where one count alone is hidden beside a total, it could be worked out, so the smallest
of the others is hidden with it (primary and complementary suppression, as in official statistics).
"""

from collections.abc import Mapping

LEAST = 10


def disclosed(counts: Mapping[str, int], *, total_shown: bool) -> dict[str, int | None]:
    """The counts that may be shown, None for the others.

    Args:
        counts: of groups that do not overlap.
        total_shown: whether their sum is shown beside them.

    >>> disclosed({"a": 40, "b": 12, "c": 3}, total_shown=True)
    {'a': 40, 'b': None, 'c': None}
    >>> disclosed({"a": 40, "b": 12, "c": 3, "d": 0}, total_shown=True)
    {'a': 40, 'b': 12, 'c': None, 'd': None}
    """
    shown = {name: count if count >= LEAST else None for name, count in counts.items()}
    hidden = [name for name, count in shown.items() if count is None]
    left = {name: count for name, count in shown.items() if count is not None}
    if total_shown and len(hidden) == 1 and left:
        shown[min(left, key=lambda name: (left[name], name))] = None
    return shown
