"""The files by which anything is decided or sent: those of identified subjects; it never returns a provisional one.

Every job after the build reads files here. A provisional file is of a record that is not linked to anybody: it waits
in the table until it is.
"""

from typing import TYPE_CHECKING

from jobs.run import Context
from profiles.model import Kind

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def identified(context: Context, kind: Kind) -> "DataFrame":
    """The files of all enterprises, or of all persons whom an identity number names; raises TableMissing."""
    files = context.tables.read(f"{kind}_files", context.spark)
    return files.where("identified") if kind == "person" else files
