"""Real use of public services by groups of a population (district, gender, caste, age, religion), told as subjects.

A cell of the table is a subject, its attributes are its tags, its counts are its uses. Nothing of the data is kept.
"""

import csv
import gzip
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from recommender.evaluate.product import Rows
from recommender.features import service_matrix, tag_matrix
from recommender.learn import Names

FOLDER = "services_west_bengal"
ATTRIBUTES = ("district_id", "gender", "caste", "age_group", "religion_group")
GROUP = ATTRIBUTES[0]  # of popularity by group


def read(folder: Path) -> Rows:
    """The cells in `folder`; services share a department as persons' services share an authority."""
    with gzip.open(folder / "services.csv.gz", "rt", encoding="utf-8", newline="") as file:
        department = {row["service_id"]: row["department_name"] for row in csv.DictReader(file)}
    with gzip.open(folder / "uses_by_cell.csv.gz", "rt", encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    services = tuple(name for name in cells[0] if name.startswith("service_"))
    own = [f"{name}={cell[name]}" for cell in cells for name in ATTRIBUTES]
    tags = tuple(sorted(set(own)))
    matrix = tag_matrix(np.arange(len(cells) + 1) * len(ATTRIBUTES), own, tags)
    uses = csr_matrix(np.array([[float(cell[service]) for service in services] for cell in cells]))
    traits = [(f"department:{department.get(name.removeprefix('service_'), '')}",) for name in services]
    names = Names(tags, services, service_matrix(services, traits))
    return Rows(names, matrix, uses, np.ones(uses.shape, dtype=bool))
