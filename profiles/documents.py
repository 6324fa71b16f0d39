"""Certificates and licences of a subject, one per type and number in its newest version; it drops no ended one.

A renewal with a new number is a document of its own, so that a day in the past still finds what was held then.
"""

from profiles.versions import newest, struct

_SHOWN = ("type", "number", "issuer", "issuer_region", "issued_on", "expires_on", "status")


def documents(rows: str, source: str) -> str:
    """The file's ``documents`` from the sorted versions of feed ``source`` in the array column ``rows``."""
    shown = {name: f"row.{name}" for name in _SHOWN} | {"source": f"'{source}'", "as_of": "row.as_of"}
    return f"transform({newest(rows, ['type', 'number'])}, row -> {struct(**shown)})"
