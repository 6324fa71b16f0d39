"""Certificates and licences of a subject, one per type and number in its newest version; it never drops an ended one.

A renewal with a new number is a document of its own, so that a day in the past still finds what was held then.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from profiles.versions import newest

_SHOWN = ("type", "number", "issuer", "issuer_region", "issued_on", "expires_on", "status")


def documents(rows: Column, source: str) -> Column:
    """The file's ``documents`` from the sorted versions of feed ``source``, by type and number."""
    return F.transform(
        newest(rows, ("type", "number")),
        lambda row: F.struct(
            *[row[name].alias(name) for name in _SHOWN], F.lit(source).alias("source"), row["as_of"].alias("as_of")
        ),
    )
