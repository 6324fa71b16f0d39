"""A small basis and the record of one list made by it; for tests of what becomes of past lists."""

from datetime import date

import numpy as np
from scipy.sparse import csr_matrix

from recommender.arrange import suggested
from recommender.basis import Basis, Made
from recommender.event_steps import NONE
from recommender.packed import bits, numbers
from recommender.rank import Scorer
from recommender.shelf import Shelf
from recommender.trace import Record, encode

DAY = date(2026, 11, 22)
TAGS = ("new_parent", "driver", "insured_15_years")
SERVICES = ("hkm_permit_renewal", "newborn_hukou", "passport_renewal", "senior_card")


def basis(day: date = DAY, weight: float = 1.5) -> Basis:
    """Of a model in which new parents take to the register, drivers to passports, and both to the permit."""
    scorer = Scorer(
        TAGS,
        SERVICES,
        np.array(
            [[0.25, weight, 0, 0], [0.125, 0, 0.75, 0], [0, 0, 0, 0.5], [0.5, 0, 0, 0]],
            dtype=np.float32,
        ),
        np.eye(4, dtype=np.float32),
        np.array([0.5, -1.0, 0.25, 0.0], dtype=np.float32),
        intercept=-2.0,
        pairs=np.array([[0, 1]], dtype=np.int32),
    )
    shelf = Shelf(
        themes=np.zeros(4, dtype=np.int32),
        authorities=np.arange(4, dtype=np.int32),
        new=np.zeros(4, dtype=np.bool_),
        places=3,
        most_of_a_theme=3,
        most_of_an_authority=3,
        for_new=0,
    )
    return Basis(Made("person", day, "2026-11-22.001", "registry", "catalogue"), scorer, shelf, ("newborn",))


def record(made_by: Basis) -> bytes:
    """The record of the list of a new parent who drives: the register is the next step of the birth, and the card waits
    for an earlier one."""
    tags = np.array([[True, True, False]])
    allowed = np.array([[True, True, True, False]])
    steps = np.array([[NONE, 0, NONE, NONE]], dtype=np.int32)
    listed = suggested(csr_matrix(tags.astype(np.float32)), allowed, steps, made_by.scorer, made_by.shelf)[0][0]
    own = bits(tags)[0], bits(allowed)[0], numbers([[1, 0]]), numbers(listed), numbers([3])
    return encode(Record(made_by.id, made_by.made.day, *own))
