"""What rules say of a few files, on DuckDB: for fresh events, where planning for millions would take the time.

``tagging.apply.truths`` says the same of millions on Spark. It reads no table.
"""

from collections.abc import Mapping, Sequence

import duckdb

from profiles.model import Kind
from tagging.files import duckdb_rows, quoted, to_json
from tagging.rules import Atom, to_duckdb


class Truths:
    """The answers to some atoms, prepared once; for one thread."""

    def __init__(self, atoms: Sequence[Atom], kind: Kind) -> None:
        self._kind = kind
        self._connection = duckdb.connect(":memory:", config={"threads": "1"})
        answers = ", ".join(f"coalesce(CAST({to_duckdb(atom)} AS TINYINT), 2)" for atom in atoms)
        rows = duckdb_rows(kind, answers)
        self._connection.execute(f"PREPARE asked AS SELECT [{answers}] FROM ({rows})")  # noqa: S608  # our own rules

    def close(self) -> None:
        """Let go of the rules; nothing may be asked afterwards."""
        self._connection.close()
        del self._connection

    def of(self, files: Sequence[Mapping[str, object]]) -> list[list[int]]:
        """Per file and atom 0 for no, 1 for yes, 2 for unknown; raises ValueError where one is no file.

        ``files`` have columns of ``profiles.model`` and ``as_of``, the day to answer for.
        """
        said = quoted(to_json(files, self._kind))
        return [answers for (answers,) in self._connection.execute(f"EXECUTE asked({said})").fetchall()]
