"""What columns of Spark rows mean as arrays: tags, services, truths and acts; it reads no table and makes no session.

``Vocabulary`` fixes, per kind of subject and day, which tags and services the columns of every array stand for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from jobs.acts import ACTIONS
from profiles.model import Kind
from recommender.bundles import BUNDLE_REMEMBERS_DAYS
from recommender.catalogue import Bundle, Catalogue, Service
from recommender.eligibility import Matcher, families
from recommender.event_steps import Plan, next_steps, plan, waiting_steps
from recommender.features import code_matrix
from recommender.mask import LONG_AGO, NEVER, Acts, Needs, done, held_back, rest_days, waiting
from recommender.windows import next_window, open_on
from tagging.registry import Registry
from tagging.rules import NO, YES

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Offered:
    """What may be offered to each of N rows of S services.

    ``answers`` int8[N, S] of no, yes and unknown as ``offerable``; ``first`` int32[N, S] says of which of
    ``matcher.events`` a service is a next step, NONE of none; ``waits`` bool[N, S] says what could be offered, were it
    not that an open bundle has it wait for an earlier step.
    """

    answers: npt.NDArray[np.int8]
    first: npt.NDArray[np.int32]
    waits: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Vocabulary:
    """What a kind's rows are read with: tags that may rank, services on offer, and the rules over atoms."""

    kind: Kind
    tags: tuple[str, ...]
    services: tuple[Service, ...]
    bundles: Mapping[str, Bundle]
    matcher: Matcher

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The services' ids, in the order of the columns of every array."""
        return tuple(service.id for service in self.services)

    @cached_property
    def rests(self) -> npt.NDArray[np.int32]:
        """How many days each service rests after it was done."""
        return rest_days([s.recurs_months for s in self.services], [s.renews for s in self.services])

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Everything that some rule is decided by."""
        return tuple(dict.fromkeys(read for atom in self.matcher.atoms for read in atom.reads))

    def tag_rows(self, column: pa.ChunkedArray | pa.Array) -> csr_matrix:
        """A column of tag ids as csr[N, T]; tags that may not rank are left out."""
        offsets, tags = flat(column)
        return code_matrix(offsets, codes(tags, self.tags), len(self.tags))

    def truth_rows(self, column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int8]:
        """A column of truths of the matcher's atoms as int8[N, A]."""
        _, values = flat(column)
        truths: npt.NDArray[np.int8] = values.to_numpy(zero_copy_only=False).astype(np.int8)
        return truths.reshape(-1, len(self.matcher.atoms))

    def _since(self, day: date) -> npt.NDArray[np.int32]:
        """Of what comes round in a window the first day of the one that is open on ``day``, or of the next one."""
        opens = [
            number_of(next_window(service.window, day)[0]) if service.window and service.recurs_months else LONG_AGO
            for service in self.services
        ]
        return np.array(opens, dtype=np.int32)

    @cached_property
    def needs(self) -> Needs:
        """Per service what it requires, each as the services any one of which will do; what is no longer offered is
        required of nobody."""
        family = self._families
        return [[family[name] for name in service.requires if name in family] for service in self.services]

    @cached_property
    def _families(self) -> Mapping[str, list[int]]:
        """Of each service on offer the columns of all that stand in for it, its own among them."""
        place = {service: number for number, service in enumerate(self.ids)}
        return {one.id: [place[o.id] for o in own] for own in families(self.services).values() for one in own}

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The steps of each of ``matcher.events``."""
        return tuple(plan(self.bundles[event], self._families) for event in self.matcher.events)

    @cached_property
    def _every_plan(self) -> tuple[Plan, ...]:
        """The steps of each of ``matcher.bundles``."""
        return tuple(plan(self.bundles[bundle], self._families) for bundle in self.matcher.bundles)

    def answers(self, truths: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        """Whether each row is entitled to each service on offer: int8[N, S] of no, yes and unknown."""
        return self.matcher.eligible(truths)[:, self._columns]

    def offerable(self, truths: npt.NDArray[np.int8], acts: Acts, day: int) -> npt.NDArray[np.int8]:
        """Whether each service may be offered to each row on a day since 1970: int8[N, S] of no, yes and unknown.

        As ``answers``, and no where it is held back, its window is closed, something that it requires is not done or an
        open bundle has it wait for an earlier step.
        """
        return self.offered(truths, acts, day).answers

    def offered(self, truths: npt.NDArray[np.int8], acts: Acts, day: int) -> "Offered":
        """What may be offered to each row on a day, what of it comes first, and what waits for an earlier step."""
        entitled = self.answers(truths)
        as_of = np.full(len(truths), day, dtype=np.int32)
        remembered = np.maximum(self.rests, BUNDLE_REMEMBERS_DAYS)
        lately, never = done(acts, len(self.ids), as_of, remembered), entitled == NO
        answers = self._unless_held(entitled, truths, acts, day)
        waits = waiting_steps(self._every_plan, self.matcher.opened(truths) == YES, lately, never)
        held = waits & (answers == YES)
        answers[waits] = NO
        first = next_steps(self.plans, self.matcher.fresh(truths), answers == YES, done=lately, never=never)
        return Offered(answers, first, held)

    def _unless_held(
        self, answers: npt.NDArray[np.int8], truths: npt.NDArray[np.int8], acts: Acts, day: int
    ) -> npt.NDArray[np.int8]:
        """A copy of the answers, no where something holds a service back."""
        as_of = np.full(len(truths), day, dtype=np.int32)
        done_before = done(acts, len(self.ids), as_of) | self.matcher.outcome_held(truths)[:, self._columns]
        on = EPOCH + timedelta(days=day)
        held = held_back(acts, self.rests, as_of, self._since(on)) | waiting(done_before, self.needs)
        held |= np.array([not open_on(service, on) for service in self.services], dtype=np.bool_)
        return np.where(held, np.int8(NO), answers)

    @cached_property
    def _columns(self) -> list[int]:
        return [self.matcher.services.index(service) for service in self.ids]


def vocabulary(kind: Kind, registry: Registry, catalogue: Catalogue, day: date) -> Vocabulary:
    """The vocabulary of a kind on a day; a tag that its owner does not give to ranking is not in it."""
    tags = tuple(tag.id for tag in registry.of(kind) if "ranking" in tag.uses)
    bundles = {bundle.id: bundle for bundle in catalogue.bundles}
    matcher = Matcher(catalogue, kind, registry.rules(kind), day=day)
    return Vocabulary(kind, tags, catalogue.offered(kind, day), bundles, matcher)


def number_of(day: date) -> int:
    """A day as arrays count it: days since 1970."""
    return (day - EPOCH).days


def flat(column: pa.ChunkedArray | pa.Array) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """A list column as offsets int[N + 1] and all its values in one array; a missing list is an empty one."""
    lists = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), lists.flatten()


def days(column: pa.Array, missing: int = int(NEVER)) -> npt.NDArray[np.int32]:
    """Dates as days since 1970, `missing` where there is none; days far off stay below overflow."""
    numbers = pc.fill_null(column.cast(pa.date32()).cast(pa.int32()), missing).to_numpy(zero_copy_only=False)
    near: npt.NDArray[np.int32] = np.minimum(numbers, NEVER).astype(np.int32)
    return near


def codes(column: pa.Array, known: tuple[str, ...]) -> npt.NDArray[np.int32]:
    """The place of each text in `known`, -1 where it is not there."""
    found = pc.index_in(column.cast(pa.string()), value_set=pa.array(known, pa.string()))
    places: npt.NDArray[np.int32] = pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    return places


def acts_of(column: pa.ChunkedArray | pa.Array, services: tuple[str, ...]) -> tuple[Acts, npt.NDArray[np.int32]]:
    """A column of acts as arrays for the mask, and the place of each act's action in ACTIONS."""
    offsets, acts = flat(column)
    rows = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
    actions = codes(acts.field("action"), ACTIONS)
    arrays = Acts(
        rows=rows,
        services=codes(acts.field("service"), services),
        on=days(acts.field("acted_on")),
        done_on=days(acts.field("done_on")),
        open_until=days(acts.field("open_until")),
        dismissed=actions == ACTIONS.index("dismissed"),
    )
    return arrays, actions
