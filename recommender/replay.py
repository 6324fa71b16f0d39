"""Makes a list of the past again from its record and its basis, with what each tag added; it reads nothing stored."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from recommender.arrange import leading, suggested
from recommender.basis import Basis, Made
from recommender.event_steps import NONE
from recommender.packed import flags, values
from recommender.pairs import columns
from recommender.rank import SCORE_DECIMALS, contributions, told
from recommender.trace import Record


@dataclass(frozen=True)
class Place:
    """One place of a list: the service, its score and chance, and everything that the score is the sum of.

    ``base`` is what the service has of itself, ``added`` what each of the subject's tags and pairs of tags adds, most
    first; ``through`` is the bundle as whose next step it came first, "" where none.
    """

    service: str
    score: float
    probability: float
    base: float
    added: tuple[tuple[str, float], ...]
    through: str


@dataclass(frozen=True)
class Replayed:
    """A past list; ``faithful`` says that ranking and arranging again gave the very list that was shown.

    ``waits`` names the services that were not in it for the reason ``earlier_step``.
    """

    made: Made
    tags: tuple[str, ...]
    may_have: tuple[str, ...]
    places: tuple[Place, ...]
    faithful: bool
    waits: tuple[str, ...] = ()


def replay(basis: Basis, record: Record) -> Replayed:
    """The list that the record tells of."""
    scorer = basis.scorer
    own = flags(record.tags, len(scorer.tags))
    allowed = flags(record.allowed, len(scorer.services))
    tags = csr_matrix(own[None, :].astype(np.float32))
    pairs = values(record.steps).reshape(-1, 2)
    steps = np.full((1, len(scorer.services)), NONE, dtype=np.int32)
    steps[0, pairs[:, 0]] = pairs[:, 1]
    again = suggested(tags, allowed[None, :], steps, basis.ordering, basis.shelf)[0][0]
    listed = values(record.listed)
    led = leading(listed[None, :].astype(np.int32), steps)[0]
    through = {service: basis.events[steps[0, service]] for service in listed[led].tolist()}
    return Replayed(
        made=basis.made,
        tags=tuple(np.array(scorer.tags, dtype=np.str_)[own].tolist()),
        may_have=tuple(np.array(scorer.services, dtype=np.str_)[allowed].tolist()),
        places=_places(basis, tags, listed, through),
        faithful=bool(np.array_equal(again[again >= 0], listed)),
        waits=tuple(scorer.services[service] for service in values(record.waits).tolist()),
    )


def _places(basis: Basis, tags: csr_matrix, listed: np.ndarray, through: dict[int, str]) -> tuple[Place, ...]:
    scorer, own = basis.ordering, np.zeros(len(listed), dtype=np.int64)
    scores, _ = told(tags, scorer, own, listed)
    _, chances = told(tags, basis.scorer, own, listed)
    held = columns(tags, scorer.pairs).indices
    added = np.round(contributions(scorer, held, listed).astype(np.float64), SCORE_DECIMALS)
    names = [scorer.columns[column] for column in held.tolist()]
    found = []
    for place, service in enumerate(listed.tolist()):
        order = np.argsort(-added[:, place], kind="stable")
        found.append(
            Place(
                service=scorer.services[service],
                score=round(float(scores[place]), SCORE_DECIMALS),
                probability=round(float(chances[place]), SCORE_DECIMALS) if np.isfinite(chances[place]) else 0.0,
                base=round(float(scorer.service_bias[service]), SCORE_DECIMALS),
                added=tuple((names[one], float(added[one, place])) for one in order.tolist()),
                through=through.get(service, ""),
            )
        )
    return tuple(found)
