"""What is left of an order of suggestions when tags were deleted since it was made; a pure function.

Tags add to a score in log-odds, so what a deleted tag added can be taken away again: for the tags that the page names
as weighing most, which is all that a reader could have seen of it. The next night orders anew without the tag.
"""

from collections.abc import Collection, Iterable
from math import exp, log

from msgspec.structs import replace

from recommender.explain import AND
from recommender.page import Suggestion


def reweighed(offered: Iterable[Suggestion], deleted: Collection[str]) -> list[Suggestion]:
    """The suggestions without what the deleted tags added to them, each moved past those that are likelier by now.

    >>> from recommender.page import Weight
    >>> offered = Suggestion("a", 0.5, (), (Weight("x", 2.0),)), Suggestion("b", 0.3)
    >>> [(one.service, round(one.probability, 2)) for one in reweighed(offered, {"x"})]
    [('b', 0.3), ('a', 0.12)]
    """
    if not deleted:
        return list(offered)
    ordered: list[Suggestion] = []
    lowered: list[Suggestion] = []
    for one in offered:
        left = _without(one, deleted)
        if left.probability < one.probability:
            lowered.append(left)
            continue
        ordered.append(left)
    for one in lowered:
        place = next((n for n, other in enumerate(ordered) if other.probability < one.probability), len(ordered))
        ordered.insert(place, one)
    return ordered


def _without(one: Suggestion, deleted: Collection[str]) -> Suggestion:
    kept = tuple(weight for weight in one.because if not set(weight.tag.split(AND)) & set(deleted))
    if kept == one.because or not 0 < one.probability < 1:
        return replace(one, because=kept)
    added = sum(weight.weight for weight in one.because if weight not in kept)
    odds = log(one.probability / (1 - one.probability)) - added
    return replace(one, because=kept, probability=1 / (1 + exp(-odds)))
