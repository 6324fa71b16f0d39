"""Whom a subject is tied to: family, employers, mandates, representatives; it never drops an ended link."""

from profiles.register import ROLE
from profiles.versions import null, struct


def person_links() -> str:
    """The file's ``links`` over a person's ``family``, ``_jobs`` and ``mandated``."""
    kin = _link("kind", "other", source="one.source", birth_date="one.birth_date")
    job = _link("'employer'", "enterprise", source="'employment'", role="one.job_title", name="one.name")
    mandate = _link("'mandate'", "enterprise", source="one.source", role="one.role", name="one.name")
    return (
        f"array_sort(concat(transform(family, one -> {kin}), transform(_jobs, one -> {job}),"
        f" transform(mandated, one -> {mandate})))"
    )


def enterprise_links() -> str:
    """The file's ``links`` over an enterprise's ``seats`` and ``mandated``: the other side of persons' mandates.

    Whom the register alone names is a legal_representative and no mandate besides.
    """
    seat = _link(f"'{ROLE}'", "person", source="'enterprises'", role=f"'{ROLE}'")
    mandate = _link("'mandate'", "person", source="one.source", role="one.role")
    told = "filter(mandated, one -> one.source = 'mandates')"
    return f"array_sort(concat(transform(seats, one -> {seat}), transform({told}, one -> {mandate})))"


def _link(kind: str, other: str, source: str, role: str = "", birth_date: str = "", name: str = "") -> str:
    return struct(
        kind=kind if kind.startswith("'") else f"one.{kind}",
        other=f"one.{other}",
        role=role or null("STRING"),
        since="one.since",
        until="one.until",
        birth_date=birth_date or null("DATE"),
        name=name or null("STRING"),
        source=source,
        as_of="one.as_of",
    )
