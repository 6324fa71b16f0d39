"""Certificates and licences of a subject, one per type and number in its newest version; it drops no ended one.

A renewal with a new number is a document of its own, so that a day in the past still finds what was held then.
"""

from datetime import date

from profiles.recognition import recognised
from profiles.versions import newest, on, struct

_SHOWN = ("type", "number", "issuer", "issuer_region", "issued_on", "expires_on", "status")


def documents(rows: str, source: str, day: date) -> str:
    """The file's ``documents`` on a day, from the sorted versions of feed ``source`` in the array column ``rows``."""
    ended = f"WHEN row.status <> 'valid' THEN 'revoked' WHEN row.expires_on < {on(day)} THEN 'expired'"
    shown = {name: f"row.{name}" for name in _SHOWN} | {"source": f"'{source}'", "as_of": "row.as_of"}
    shown |= {"state": f"CASE {ended} ELSE 'valid' END", "recognised": recognised("row")}
    return f"transform({newest(rows, ['type', 'number'])}, row -> {struct(**shown)})"
