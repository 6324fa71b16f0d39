"""Writes services as a list in CSV, which reads back as the same services; it writes no file."""

import csv
import io
from collections.abc import Sequence

from recommender.catalogue import Service
from recommender.sheets.columns import Columns


def listed(services: Sequence[Service], columns: Columns) -> str:
    """The list with Chinese headers, a row a service; the mark in front tells spreadsheets that it is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.zh for column in columns.all])
    writer.writerows([column.of(service) for column in columns.all] for service in services)
    return "\ufeff" + out.getvalue()
