"""P8: every check of a contract over rows of which some fail, against one plain pass that reads every column.

Three figures: the checks alone in one pass; all that the gate does with a feed before it writes (checks, repeated
keys, pseudonyms, seals, counts by reason, rows kept); and that as a share of the build of as many rows.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import functions as F

from profiles import contracts
from profiles.bindings import Binding
from profiles.bindings import load as bindings
from profiles.build import person_files
from profiles.gate import delivery, sift
from profiles.gate.delivery import Delivery
from profiles.gate.measure import measure
from profiles.identity.keys import Keys
from tests.bench.clock import Figure, Sizes, compare
from tests.bench.crowd import DAY, PEOPLE_OF_A_FIRM, crowd, scratch, session
from tests.bench.p7_pseudonyms import numbers

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

KEYS = Keys.for_demo()
FEED = "documents"
EVERY = 50  # one row in so many has a bad number, another a bad date


def run(sizes: Sizes) -> list[Figure]:
    """Seconds of the gate's pass over those of a plain one; the failing rows are as many as were made."""
    spark, contract = session(sizes.memory), contracts.load()[FEED]
    bound = next(one for one in bindings(("city",), contracts.load())[0] if one.feed == FEED)
    with scratch() as folder:
        found = _delivered(spark, bound, sizes.rows, Path(folder))
        rows = delivery.read(spark, found)

        def sifted() -> "DataFrame":
            return sift.sift(delivery.read(spark, found), found, contract, KEYS, DAY)

        def checks() -> dict[str, int]:
            first = F.get("_failures", F.lit(0))["reason"]
            return {reason: count for reason, count in sifted().groupBy(first).count().collect() if reason}

        def whole() -> dict[str, int]:
            kept, measures = measure(sift.without_duplicates(sifted(), contract), contract, bound.columns)
            kept.unpersist()
            return dict(measures.reasons)

        def plain() -> None:
            rows.agg(*[F.max(name) for name in rows.columns if name.startswith("c")]).collect()

        bad = len(range(0, sizes.rows, EVERY))
        made = {"bad_check_digit": bad, "not_a_date": len(range(1, sizes.rows, EVERY))}
        if checks() != made or whole() != made:
            raise AssertionError(f"{checks()} and {whole()} instead of {made}: no time is worth taking")
        of_checks, of_all = compare(checks, plain, sizes.repeats), compare(whole, plain, sizes.repeats)
        persons = max(1, sizes.rows // PEOPLE_OF_A_FIRM)
        feeds = {name: frame.localCheckpoint() for name, frame in crowd(spark, persons, sizes.rows).items()}
        files = person_files(feeds, DAY)
        of_build = compare(whole, lambda: files.write.format("noop").mode("overwrite").save(), sizes.repeats)
    size = f"{sizes.rows:,} rows of {FEED}"
    return [
        Figure("P8", f"all checks, {size}, over one plain pass", of_checks, 1.6, cost=True),
        Figure("P8", f"the whole gate before writing, {size}, over one plain pass", of_all, None, cost=True),
        Figure("P8", "the whole gate as a share of building as many rows", of_build, 0.25, cost=True),
    ]


def _delivered(spark: "SparkSession", bound: Binding, rows: int, folder: Path) -> Delivery:
    """One parquet file under the city's headers; every fiftieth row has a bad check digit, the next one no date."""
    place, people = np.arange(rows), numbers(max(1, rows // PEOPLE_OF_A_FIRM))
    number = people.take(pa.array(place % len(people)))
    issued = pa.array((np.datetime64("2010-01-01") + place % 5_000).astype(str))
    written = {
        "person": _replaced(number, place % EVERY == 0, _other_digit),
        "type": pa.array(["往来港澳通行证"] * rows),
        "number": pa.array(np.char.mod("C%09d", place)),
        "issuer": pa.array(["出入境管理局"] * rows),
        "issuer_region": pa.array(["310000"] * rows),
        "issued_on": _replaced(issued, place % EVERY == 1, lambda _: "2010-13-45"),
        "expires_on": pa.array((np.datetime64("2030-01-01") + place % 5_000).astype(str)),
        "status": pa.array(["有效"] * rows),
        "as_of": pa.array((np.datetime64(DAY) - place % 40).astype(str)),
    }
    header = tuple(bound.columns[name].columns[0] for name in written)
    file = folder / "documents.parquet"
    pq.write_table(pa.table(dict(zip(header, written.values(), strict=True))), file, row_group_size=500_000)
    return Delivery(replace(bound, format="parquet"), folder, (file,), header)


def _replaced(texts: pa.Array, at: npt.NDArray[np.bool_], edit: Callable[[str], str]) -> pa.Array:
    return pc.replace_with_mask(texts, pa.array(at), pa.array([edit(text) for text in texts.filter(at).to_pylist()]))


def _other_digit(number: str) -> str:
    return number[:-1] + ("1" if number[-1] == "0" else "0")
