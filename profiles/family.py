"""What all statements about a pair of relatives amount to: one link per pair and kind; it never guesses a tie.

A link is known from the register of kinship, from births and marriages, or from both. Which goes first where both
give a date is in ``precedence.yaml`` under ``link``; nobody is kin of the dead any more, so a death ends the
links to the deceased.
"""

from profiles.precedence import precedence
from profiles.versions import struct

# A child without a number yet is told apart by its birth.
_PAIR = "struct({one}.kind AS kind, {one}.other AS other, IF({one}.other IS NULL, {one}.since, NULL) AS born)"


def family(rows: str) -> str:
    """Array of links from the statements ``rows`` (``kin.TYPE``), with what is known of the relative.

    Fields: kind, other, since, until, birth_date, birth_source, birth_as_of, died_on, death_as_of, source, as_of.
    died_on is NULL where the link had ended before.
    """
    told = f"filter({rows}, one -> one.kind <> 'self' AND (one.other IS NOT NULL OR one.kind = 'child'))"
    pairs = f"array_distinct(transform({told}, one -> {_PAIR.format(one='one')}))"
    mine = f"filter({rows}, said -> {_PAIR.format(one='said')} <=> pair)"
    grouped = f"transform({pairs}, pair -> struct(pair.kind AS kind, pair.other AS other, {mine} AS said))"
    summed = f"transform({grouped}, pair -> {_summary()})"
    return f"transform(transform({summed}, pair -> {_dated()}), pair -> {_link()})"


def _summary() -> str:
    def by(source: str) -> str:
        return f"filter(pair.said, one -> one.source = '{source}')"

    return struct(
        kind="pair.kind",
        other="pair.other",
        kinship=f"array_max(transform({by('kinship')}, one -> struct(one.as_of, one.since, one.until)))",
        begun=f"array_max(transform({by('vital_events')}, one -> one.since))",
        ended=f"array_max(transform({by('vital_events')}, one -> one.until))",
        as_of="array_max(transform(pair.said, one -> one.as_of))",
        # The same on every statement: it comes from whom the pair names.
        known="pair.said[0]",
    )


def _dated() -> str:
    # A couple that married again is not divorced.
    ended = "IF(pair.begun IS NULL OR pair.ended >= pair.begun, pair.ended, NULL)"
    return struct(
        kind="pair.kind",
        other="pair.other",
        since=_first_said({"vital_events": "pair.begun", "kinship": "pair.kinship.since"}),
        until=_first_said({"vital_events": ended, "kinship": "pair.kinship.until"}),
        source="IF(pair.begun IS NULL AND pair.ended IS NULL, 'kinship', 'vital_events')",
        as_of="pair.as_of",
        known="pair.known",
    )


def _first_said(says: dict[str, str]) -> str:
    """The value of the feed that goes first for the kind of link at hand; carers come from one feed alone."""
    otherwise = f"coalesce({', '.join(says.values())})"
    lines = [
        f"WHEN '{kind}' THEN coalesce({', '.join(says[feed] for feed in sorted(line, key=line.__getitem__))})"
        for kind, line in precedence()["link"].items()
        if set(line) == set(says)
    ]
    return f"CASE pair.kind {' '.join(lines)} ELSE {otherwise} END"


def _link() -> str:
    died = "pair.known.died_on"
    return struct(
        kind="pair.kind",
        other="pair.other",
        since="coalesce(pair.since, pair.known.birth_date)",
        until=f"least(pair.until, {died})",
        birth_date="pair.known.birth_date",
        birth_source="pair.known.birth_source",
        birth_as_of="pair.known.birth_as_of",
        # Who was divorced before the death is not bereaved by it.
        died_on=f"IF(coalesce(pair.until >= {died}, TRUE), {died}, NULL)",
        death_as_of="pair.known.death_as_of",
        source="pair.source",
        as_of="pair.as_of",
    )
