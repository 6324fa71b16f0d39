"""The one door to the lake: runs are written once, described by a manifest, and switched to atomically.

``lake/<table>/run=<id>/`` holds a run's files and, written last, its ``_manifest.json``; ``lake/<table>/CURRENT``
names the run that readers see and is replaced in one step. A crash at any moment leaves CURRENT on a whole run.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from profiles.errors import TableCorrupt, TableMissing

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql.types import StructType

KEPT_RUNS = 3


@dataclass(frozen=True)
class Manifest:
    """What one run of a table holds; ``content_hash`` does not depend on the order or the partitioning of rows."""

    table: str
    run: str
    day: str
    rows: int
    content_hash: str
    files: Mapping[str, int]  # name -> bytes
    extra: Mapping[str, object] = field(default_factory=dict)
    unchanged: bool = False  # the same content was there already, so CURRENT stayed

    def says_the_same_as(self, other: "Manifest") -> bool:
        """Whether both describe the same content for the same day."""
        return (self.day, self.rows, self.content_hash, dict(self.extra)) == (
            other.day,
            other.rows,
            other.content_hash,
            dict(other.extra),
        )


class Tables:
    """All tables under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def exists(self, table: str) -> bool:
        """Whether any run of ``table`` was ever completed."""
        return (self.root / table / "CURRENT").exists()

    def manifest(self, table: str) -> Manifest:
        """The manifest of the current run.

        Raises:
            TableMissing: no run was ever completed.
            TableCorrupt: the run that CURRENT names is not whole.
        """
        folder = self.path(table)
        try:
            manifest = Manifest(**json.loads((folder / "_manifest.json").read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise TableCorrupt(_torn(table, folder, "its manifest is missing or unreadable")) from error
        for name, size in manifest.files.items():
            part = folder / name
            if not part.is_file() or part.stat().st_size != size:
                raise TableCorrupt(_torn(table, folder, f"{name} is missing or has another size"))
        return manifest

    def path(self, table: str) -> Path:
        """The folder of the current run.

        Raises:
            TableMissing: no run was ever completed.
        """
        pointer = self.root / table / "CURRENT"
        try:
            return self.root / table / f"run={pointer.read_text().strip()}"
        except FileNotFoundError:
            raise TableMissing(
                f"There is no table {table} in {self.root}: run the job that writes it (`python -m jobs all --day D` "
                "runs them all in order)."
            ) from None

    def read(self, table: str, spark: "SparkSession") -> "DataFrame":
        """The rows of the current run.

        Raises:
            TableMissing, TableCorrupt: as ``manifest``.
        """
        self.manifest(table)
        return spark.read.parquet(str(self.path(table)))

    def read_or_empty(self, table: str, schema: "str | StructType", spark: "SparkSession") -> "DataFrame":
        """The rows of the current run, or none of the given schema where the table was never written."""
        return self.read(table, spark) if self.exists(table) else spark.createDataFrame([], schema)

    def write(
        self, table: str, frame: "DataFrame", *, day: date, extra: Mapping[str, object] | None = None
    ) -> Manifest:
        """Write ``frame`` as a new run and switch to it, in one pass over the rows.

        Content identical to the current run's for the same day is dropped again and CURRENT stays.
        """
        from pyspark.sql import Observation
        from pyspark.sql import functions as F

        seen = Observation()
        row = F.to_json(F.struct(*[F.col(f"`{name}`") for name in frame.columns]), {"ignoreNullFields": "false"})
        observed = frame.observe(seen, F.count(F.lit(1)).alias("rows"), *_order_free_hashes(row))

        def fill(folder: Path) -> tuple[int, str]:
            observed.write.mode("append").parquet(str(folder))
            found = seen.get
            return int(found["rows"]), f"{int(found['total'] or 0):x}-{int(found['mixed'] or 0) % (1 << 64):016x}"

        return self._run(table, day, extra or {}, fill)

    def write_files(
        self, table: str, files: Mapping[str, bytes], *, day: date, extra: Mapping[str, object] | None = None
    ) -> Manifest:
        """Write whole files (a model's arrays, a report) as a run, under the same discipline as ``write``."""

        def fill(folder: Path) -> tuple[int, str]:
            digest = sha256()
            for name, content in sorted(files.items()):
                (folder / name).write_bytes(content)
                digest.update(name.encode() + b"\0" + len(content).to_bytes(8) + content)
            return len(files), digest.hexdigest()

        return self._run(table, day, extra or {}, fill)

    def _run(
        self, table: str, day: date, extra: Mapping[str, object], fill: Callable[[Path], tuple[int, str]]
    ) -> Manifest:
        folder = self._claim(table, day)
        try:
            rows, content_hash = fill(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        parts = [part for part in sorted(folder.iterdir()) if not part.name.startswith(("_", "."))]
        sizes = {part.name: part.stat().st_size for part in parts}
        run = folder.name.removeprefix("run=")
        manifest = Manifest(table, run, day.isoformat(), rows, content_hash, sizes, json.loads(json.dumps(dict(extra))))
        if self.exists(table):
            current = self.manifest(table) if self._whole(table) else None
            if current is not None and manifest.says_the_same_as(current):
                shutil.rmtree(folder)
                return replace(current, unchanged=True)
        _write_durably(folder / "_manifest.json", json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        _write_durably(self.root / table / "CURRENT", run)
        self._forget_old_runs(table, keep=run)
        return manifest

    def _claim(self, table: str, day: date) -> Path:
        """A new empty run folder; mkdir fails where another process claimed the same number first."""
        number = 1
        while True:
            folder = self.root / table / f"run={day.isoformat()}.{number:03d}"
            try:
                folder.mkdir(parents=True)
                return folder
            except FileExistsError:
                number += 1

    def _whole(self, table: str) -> bool:
        try:
            self.manifest(table)
        except TableCorrupt:
            return False
        return True

    def _forget_old_runs(self, table: str, keep: str) -> None:
        runs = sorted((self.root / table).glob("run=*"), key=lambda run: run.stat().st_mtime)
        for run in runs[:-KEPT_RUNS]:
            if run.name != f"run={keep}":
                shutil.rmtree(run, ignore_errors=True)


def _order_free_hashes(row: "Column") -> "list[Column]":
    """A sum and an exclusive or over two 64-bit row hashes: equal for equal multisets of rows."""
    from pyspark.sql import functions as F

    return [
        F.sum(F.xxhash64(row).cast("decimal(38,0)") + F.expr(f"CAST({1 << 63} AS DECIMAL(38,0))")).alias("total"),
        F.bit_xor(F.xxhash64(F.concat(F.lit("mixed"), row))).alias("mixed"),
    ]


def _write_durably(target: Path, text: str) -> None:
    """Write beside the target, flush to disk, then rename over it: readers see the old text or the new."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)


def _torn(table: str, folder: Path, what: str) -> str:
    return f"Table {table} cannot be trusted: {what} in {folder}. Rerun the job that writes {table} for that day."
