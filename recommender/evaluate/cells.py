"""Real use of public services by groups of a population (district, gender, caste, age, religion), told as subjects.

A cell of the table is a subject, its attributes are its tags, its counts are its uses. Nothing of the data is kept.
"""

from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from profiles.errors import DataUnfit
from recommender.evaluate.product import Rows
from recommender.evaluate.tables import FIRST_LINE, Row, count, filled, table
from recommender.features import service_matrix, tag_matrix
from recommender.learn import Names

FOLDER, USES, SERVICES = "services_west_bengal", "uses_by_cell.csv.gz", "services.csv.gz"
ATTRIBUTES = ("district_id", "gender", "caste", "age_group", "religion_group")
GROUP = ATTRIBUTES[0]  # of popularity by group
PREFIX = "service_"  # of a column that counts the uses of a service


def read(uses: Path, services: Path) -> Rows:
    """The cells of a file; services share a department as persons' services share an authority.

    Raises:
        DataUnfit: a column, an attribute or a count is missing or wrong.
    """
    return _rows([(uses, _cells(uses))], services)


def read_apart(uses: Path, kept_back: Path, services: Path) -> tuple[Rows, Rows, Rows]:
    """All cells, those to learn from, and those of another file that are asked for alone.

    An attribute's value that no cell to learn from has says nothing of a cell; a service that none of them counts is
    refused, for nothing could be learned of it.

    Raises:
        DataUnfit: as ``read``; or the files count other services.
    """
    known, asked = _cells(uses), _cells(kept_back)
    if others := sorted(set(_services(known)) ^ set(_services(asked))):
        raise DataUnfit(f"{uses} and {kept_back} must count the same services; {', '.join(others[:5])} is in one alone")
    both = _rows([(uses, known), (kept_back, asked)], services)
    return both, both.some(np.arange(len(known))), both.some(np.arange(len(known), len(both)))


def unheard(known: Rows, asked: Rows) -> list[str]:
    """The attributes' values that cells asked for have and no cell to learn from has."""
    new = (np.asarray(asked.tags.sum(axis=0)) > 0) & (np.asarray(known.tags.sum(axis=0)) == 0)
    return [known.names.tags[number] for number in np.flatnonzero(new.ravel())]


def _cells(uses: Path) -> list[Row]:
    rows = table(uses, ATTRIBUTES)
    if not _services(rows):
        raise DataUnfit(f"{uses} must have a column of counts per service, named {PREFIX} and its id; there is none")
    filled(uses, rows, ATTRIBUTES)
    return rows


def _services(cells: list[Row]) -> tuple[str, ...]:
    return tuple(name for name in cells[0] if name.startswith(PREFIX))


def _rows(files: list[tuple[Path, list[Row]]], services: Path) -> Rows:
    told = table(services, ("service_id", "department_name"))
    department = {row["service_id"]: row["department_name"] for row in told}
    names = _services(files[0][1])
    own = [f"{name}={cell[name].strip()}" for _, cells in files for cell in cells for name in ATTRIBUTES]
    tags = tuple(sorted(set(own)))
    matrix = tag_matrix(np.arange(len(own) // len(ATTRIBUTES) + 1) * len(ATTRIBUTES), own, tags)
    counts = [
        [count(file, number, name, cell[name]) for name in names]
        for file, cells in files
        for number, cell in enumerate(cells, FIRST_LINE)
    ]
    traits = [(f"department:{department.get(name.removeprefix(PREFIX), '')}",) for name in names]
    uses = csr_matrix(np.array(counts))
    return Rows(Names(tags, names, service_matrix(names, traits)), matrix, uses, np.ones(uses.shape, dtype=bool))
