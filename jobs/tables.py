"""The one door to the lake: runs are written once, described by a manifest, and switched to atomically.

``lake/<table>/run=<id>/`` holds a run's files and, written last, its ``_manifest.json``; ``lake/<table>/CURRENT``
names what readers see and is replaced in one step. A crash at any moment leaves CURRENT on whole runs.

Most tables have one run in force. A log has one per slot, each in a line of CURRENT: a day's delivery, a batch of
fresh events. Writing a slot again replaces that slot alone. A run's id is its slot and a number: ``2026-11-22.001``.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.content import Fill, filler
from jobs.locks import one_writer
from profiles.errors import KeyMaterialError, TableCorrupt, TableMissing

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

KEPT_RUNS = 2  # no longer in force, for readers under way and for a look back


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
    key_id: str = ""  # the keys under which pseudonyms in it were made; empty where none can be in it

    @property
    def slot(self) -> str:
        """The slot of a log that the run fills; the day where the table is no log.

        >>> Manifest("t", "2026-11-22~a1-000004.001", "2026-11-22", 0, "", {}).slot
        '2026-11-22~a1-000004'
        """
        return self.run.rpartition(".")[0]

    def says_the_same_as(self, other: "Manifest") -> bool:
        """Whether both describe the same content for the same day."""
        return (self.day, self.rows, self.content_hash, self.key_id, dict(self.extra)) == (
            other.day,
            other.rows,
            other.content_hash,
            other.key_id,
            dict(other.extra),
        )


class Tables:
    """All tables under one folder.

    Args:
        key_id: the keys under which what is written was made. What was made under others is not read; where it is
            empty everything is.
    """

    def __init__(self, root: Path, key_id: str = "") -> None:
        self.root, self.key_id = root, key_id

    def names(self) -> tuple[str, ...]:
        """All tables that were ever written."""
        return tuple(sorted(current.parent.name for current in self.root.glob("*/CURRENT")))

    def key_ids(self, table: str) -> frozenset[str]:
        """The keys under which the runs in force were made; an empty text where that is not known."""
        return frozenset(manifest.key_id for manifest in Tables(self.root).manifests(table))

    def vouch(self, fingerprint: str) -> None:
        """Remember which secrets ``key_id`` names here; raises KeyMaterialError where it has named others."""
        file = self.root / f".key-{sha256(self.key_id.encode()).hexdigest()[:8]}"
        if not file.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            _write_durably(file, fingerprint)
        elif file.read_text() != fingerprint:
            raise KeyMaterialError(
                f"The keys that are set are not those that {self.root} knows as {self.key_id}: nobody would be "
                "recognised. Set YIDANG_PSEUDONYM_KEY and YIDANG_VAULT_KEY to the ones that made it; to change keys, "
                "run `python -m jobs rotate`."
            )

    def exists(self, table: str) -> bool:
        """Whether any run of ``table`` was ever completed."""
        return (self.root / table / "CURRENT").exists()

    def manifest(self, table: str) -> Manifest:
        """The manifest of the current run; of a log, that of its last slot.

        Raises:
            TableMissing: no run was ever completed.
            TableCorrupt: the run that CURRENT names is not whole.
            KeyMaterialError: it was made under other keys.
        """
        return self._manifest(table, self._current(table)[-1])

    def manifests(self, table: str) -> tuple[Manifest, ...]:
        """The manifests of all runs in force, by slot; none where the table was never written.

        Raises:
            TableCorrupt, KeyMaterialError: as ``manifest``.
        """
        return tuple(self._manifest(table, run) for run in self._current(table)) if self.exists(table) else ()

    def path(self, table: str) -> Path:
        """The folder of the current run; of a log, that of its last slot.

        Raises:
            TableMissing: no run was ever completed.
        """
        return self.paths(table)[-1]

    def paths(self, table: str) -> tuple[Path, ...]:
        """The folders of all runs in force, by slot; raises TableMissing."""
        return tuple(self.run_path(table, run) for run in self._current(table))

    def run_path(self, table: str, run: str) -> Path:
        """The folder of a run."""
        return self.root / table / f"run={run}"

    def read(self, table: str, spark: "SparkSession", run: str | None = None) -> "DataFrame":
        """The rows of all runs in force, or of the one named.

        Raises:
            TableMissing, TableCorrupt, KeyMaterialError: as ``manifest``.
        """
        runs = (run,) if run else self._current(table)
        for one in runs:
            self._manifest(table, one)
        return spark.read.parquet(*[str(self.run_path(table, one)) for one in runs])

    def read_or_empty(self, table: str, schema: "str | StructType", spark: "SparkSession") -> "DataFrame":
        """The rows of the current run, or none of the given schema where the table was never written."""
        return self.read(table, spark) if self.exists(table) else spark.createDataFrame([], schema)

    def write(
        self,
        table: str,
        frame: "DataFrame",
        *,
        day: date,
        extra: Mapping[str, object] | None = None,
        slot: str | None = None,
    ) -> Manifest:
        """Write ``frame`` as a new run and switch to it, in one pass over the rows.

        Content identical to what the run replaces, for the same day, is dropped again and CURRENT stays.

        Args:
            slot: the slot of a log that the rows fill; without one they replace the whole table.
        """
        return self._run(table, day, extra or {}, filler(frame), slot, self.key_id)

    def rewrite(
        self,
        table: str,
        spark: "SparkSession",
        change: "Callable[[DataFrame], DataFrame]",
        extra: Mapping[str, object] | None = None,
        key_id: str | None = None,
        where: "Callable[[DataFrame], bool]" = lambda _: True,
    ) -> tuple[Manifest, ...]:
        """Put ``change(rows)`` in the place of every run in force, all in one switch, and delete what was there.

        For what must really be gone: an erased subject, a key that is no longer used. ``extra`` is added to manifests;
        ``key_id`` names the keys of the changed rows where they are others. A run of whose rows ``where`` is not true
        stays as it is.
        """

        def changed(old: Manifest) -> Manifest:
            rows = self.read(table, spark, old.run)
            if not where(rows):
                return old
            folder, day = self._claim(table, old.slot), date.fromisoformat(old.day)
            keys = self.key_id if key_id is None else key_id
            return self._describe(table, folder, day, {**old.extra, **(extra or {})}, filler(change(rows)), keys)

        with one_writer(self.root / table):
            written = tuple(changed(old) for old in self.manifests(table))
            self._point(table, [manifest.run for manifest in written])
            self._forget_old_runs(table, kept=0)
        return written

    def drop(self, table: str, keep: Callable[[Manifest], bool] = lambda _: False) -> int:
        """Let go of the runs of which ``keep`` is not true, from disk as well; how many there were.

        Without ``keep`` the table is gone, as if it had never been written.
        """
        if not self.exists(table):
            return 0
        with one_writer(self.root / table):
            runs = self._current(table)
            kept = [run for run in runs if keep(self._manifest(table, run))]
            if kept:
                self._point(table, kept)
                self._forget_old_runs(table, kept=0)
            else:
                (self.root / table / "CURRENT").unlink()
                shutil.rmtree(self.root / table)
        return len(runs) - len(kept)

    def write_files(
        self,
        table: str,
        files: Mapping[str, bytes],
        *,
        day: date,
        extra: Mapping[str, object] | None = None,
        slot: str | None = None,
    ) -> Manifest:
        """Write whole files (a model's arrays, a report; no pseudonym in them) as a run, with the care of ``write``."""

        def fill(folder: Path) -> tuple[int, str]:
            digest = sha256()
            for name, content in sorted(files.items()):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
                digest.update(name.encode() + b"\0" + len(content).to_bytes(8) + content)
            return len(files), digest.hexdigest()

        return self._run(table, day, extra or {}, fill, slot, "")

    def _run(
        self, table: str, day: date, extra: Mapping[str, object], fill: Fill, slot: str | None, key_id: str
    ) -> Manifest:
        manifest = self._describe(table, self._claim(table, slot or day.isoformat()), day, extra, fill, key_id)
        with one_writer(self.root / table):
            runs = self._current(table) if self.exists(table) else ()
            replaced = [run for run in runs if slot is None or run.rpartition(".")[0] == slot]
            if len(replaced) == 1 and self._whole(table, replaced[0]):
                old = self._manifest(table, replaced[0])
                if manifest.says_the_same_as(old):
                    shutil.rmtree(self.run_path(table, manifest.run))
                    return replace(old, unchanged=True)
            self._point(table, [*(run for run in runs if run not in replaced), manifest.run])
            self._forget_old_runs(table, KEPT_RUNS)
        return manifest

    def _describe(
        self, table: str, folder: Path, day: date, extra: Mapping[str, object], fill: Fill, key_id: str
    ) -> Manifest:
        """Fill a run's folder and write its manifest; nothing points to it yet."""
        try:
            rows, content_hash = fill(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        parts = [part for part in sorted(folder.rglob("*")) if part.is_file() and not part.name.startswith(("_", "."))]
        sizes = {part.relative_to(folder).as_posix(): part.stat().st_size for part in parts}
        run = folder.name.removeprefix("run=")
        told = json.loads(json.dumps(dict(extra)))
        manifest = Manifest(table, run, day.isoformat(), rows, content_hash, sizes, told, key_id=key_id)
        _write_durably(folder / "_manifest.json", json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        return manifest

    def _current(self, table: str) -> tuple[str, ...]:
        """The ids of the runs in force, by slot."""
        try:
            return tuple((self.root / table / "CURRENT").read_text().split())
        except FileNotFoundError:
            raise TableMissing(
                f"There is no table {table} in {self.root}: run the job that writes it (`python -m jobs all --day D` "
                "runs them all in order)."
            ) from None

    def _point(self, table: str, runs: Sequence[str]) -> None:
        """Let readers see exactly these runs."""
        _write_durably(self.root / table / "CURRENT", "\n".join(sorted(runs)))

    def _manifest(self, table: str, run: str) -> Manifest:
        folder = self.run_path(table, run)
        try:
            manifest = Manifest(**json.loads((folder / "_manifest.json").read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise TableCorrupt(_torn(table, folder, "its manifest is missing or unreadable")) from error
        for name, size in manifest.files.items():
            part = folder / name
            if not part.is_file() or part.stat().st_size != size:
                raise TableCorrupt(_torn(table, folder, f"{name} is missing or has another size"))
        if self.key_id and manifest.key_id not in ("", self.key_id):
            raise KeyMaterialError(
                f"Table {table} was made under key {manifest.key_id}, and the settings name {self.key_id}: set "
                "YIDANG_KEY_ID and its keys as they were, or finish the rotation with `python -m jobs rotate`."
            )
        return manifest

    def _claim(self, table: str, slot: str) -> Path:
        """A new empty run folder; mkdir fails where another process claimed the same number first."""
        number = 1
        while True:
            folder = self.root / table / f"run={slot}.{number:03d}"
            try:
                folder.mkdir(parents=True)
                return folder
            except FileExistsError:
                number += 1

    def _whole(self, table: str, run: str) -> bool:
        try:
            self._manifest(table, run)
        except TableCorrupt:
            return False
        return True

    def _forget_old_runs(self, table: str, kept: int) -> None:
        """Delete runs no longer in force but for the newest ``kept``, and torn ones that cannot be under way."""
        in_force = self._current(table)
        runs = [run for run in (self.root / table).glob("run=*") if run.name.removeprefix("run=") not in in_force]
        done = [run for run in runs if (run / "_manifest.json").exists()]
        torn = [run for run in runs if run not in done]
        for some, left in ((done, kept), (torn, KEPT_RUNS)):
            for run in sorted(some, key=lambda run: run.stat().st_mtime)[: max(len(some) - left, 0)]:
                shutil.rmtree(run, ignore_errors=True)


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
