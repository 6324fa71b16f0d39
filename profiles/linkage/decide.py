"""Says which scored pairs are linked: one resident a record and one record a resident, or nobody; it scores nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from profiles.linkage.match import Pair
from profiles.linkage.terms import Terms


@dataclass(frozen=True)
class Decision:
    """The pairs to link, by record, and the records that somebody must look at: more than one answer is likely."""

    linked: tuple[Pair, ...]
    unclear: tuple[str, ...]


def decide(
    pairs: Sequence[Pair], terms: Terms, taken: Collection[str] = (), undone: Collection[tuple[str, str]] = ()
) -> Decision:
    """The decision on pairs of records that are not linked yet.

    Args:
        taken: subjects to whom a record of the feed is linked already. Whose best answer is one of them gets no other.
        undone: (record, subject) that a person took apart; such a pair counts for nothing.
    """
    open_pairs = [pair for pair in pairs if (pair.record, pair.subject) not in undone]
    likely = {record: ranked for record, ranked in _ranked(open_pairs, "record") if _likely(ranked[0], terms)}
    sure = [ranked[0] for ranked in likely.values() if _leads(ranked, terms)]
    wanted = dict(_ranked(sure, "subject"))
    linked = [ranked[0] for subject, ranked in wanted.items() if subject not in taken and _leads(ranked, terms)]
    linked.sort(key=lambda pair: pair.record)
    return Decision(tuple(linked), tuple(sorted(set(likely) - {pair.record for pair in linked})))


def _ranked(pairs: Iterable[Pair], side: str) -> Iterable[tuple[str, list[Pair]]]:
    """Pairs by record or by subject, the heaviest first."""

    def key(pair: Pair) -> str:
        return str(getattr(pair, side))

    for name, group in groupby(sorted(pairs, key=key), key=key):
        yield name, sorted(group, key=lambda pair: (-pair.weight, pair.record, pair.subject))


def _likely(pair: Pair, terms: Terms) -> bool:
    return pair.weight >= terms.threshold_bits


def _leads(ranked: Sequence[Pair], terms: Terms) -> bool:
    return len(ranked) == 1 or ranked[0].weight - ranked[1].weight >= terms.lead_bits
