"""The files by which anything is decided or sent: those of identified subjects; it never returns a provisional one.

Every job after the build reads files here. A provisional file is of a record that is not linked to anybody: it waits
in the table until it is.
"""

import math
from typing import TYPE_CHECKING

from jobs.run import Context
from profiles.model import ALIVE, Kind

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# So many teach as well as millions: the rest are left out by a hash of the pseudonym, the same ones each time.
MOST_FILES = 50_000


def sampled(files: "DataFrame", count: int) -> "DataFrame":
    """At most about MOST_FILES of ``count`` files, to learn from."""
    from pyspark.sql import functions as F

    shares = max(1, math.ceil(count / MOST_FILES))
    return files.where(F.pmod(F.xxhash64("subject"), F.lit(shares)) == 0) if shares > 1 else files


def living(files: "DataFrame", kind: Kind) -> "DataFrame":
    """Those of the files whose subject is alive on their day; all files of enterprises."""
    return files.where(ALIVE[kind])


def identified(context: Context, kind: Kind) -> "DataFrame":
    """The files of all enterprises, or of all persons whom an identity number names; raises TableMissing."""
    files = context.tables.read(f"{kind}_files", context.spark)
    return files.where("identified") if kind == "person" else files
