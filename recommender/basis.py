"""All that the lists of one kind and day were made by, besides what is a subject's own; it knows no subject.

A basis is kept as long as traces of its lists are, so that each of them can be made and explained again.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import blake2b

import msgspec
import numpy as np

from profiles.model import Kind
from recommender.rank import Scorer
from recommender.shelf import Shelf, eased


class Made(msgspec.Struct, frozen=True):
    """Whose lists, of which day, and the versions that they were made from; ``model`` is a run of the kind's models."""

    kind: Kind
    day: date
    model: str
    registry: str
    catalogue: str


class _Packed(msgspec.Struct, frozen=True):
    made: Made
    events: tuple[str, ...]
    scorer: bytes
    themes: tuple[int, ...]
    authorities: tuple[int, ...]
    new: tuple[bool, ...]
    limits: Mapping[str, int]
    most_behind: float = math.inf
    known: tuple[bool, ...] = ()
    eased: tuple[bool, ...] = ()
    easing: Mapping[str, float] = msgspec.field(default_factory=dict)


@dataclass(frozen=True)
class Basis:
    """What was the same for all lists: the score, the shelf, the bundles whose steps may come first."""

    made: Made
    scorer: Scorer
    shelf: Shelf
    events: tuple[str, ...]

    @cached_property
    def ordering(self) -> Scorer:
        """The score that orders lists and explains them; how likely a service is taken up, ``scorer`` alone says."""
        return eased(self.scorer, self.shelf)

    @cached_property
    def packed(self) -> bytes:
        """As it is kept; equal bases give equal bytes."""
        shelf = self.shelf
        limits = {name: getattr(shelf, name) for name in _LIMITS}
        return msgspec.msgpack.encode(
            _Packed(
                self.made,
                self.events,
                self.scorer.save(),
                tuple(shelf.themes.tolist()),
                tuple(shelf.authorities.tolist()),
                tuple(shelf.new.tolist()),
                limits,
                shelf.most_behind,
                tuple(shelf.known.tolist()),
                tuple(shelf.eased.tolist()),
                shelf.easing,
            )
        )

    @cached_property
    def id(self) -> bytes:
        """Eight bytes that name it by its content."""
        return blake2b(self.packed, digest_size=8).digest()

    def save(self) -> bytes:
        """As ``packed``, in a third of the room."""
        return zlib.compress(self.packed)

    @staticmethod
    def load(saved: bytes) -> "Basis":
        """What ``save`` wrote; raises msgspec.ValidationError, ModelMismatch or zlib.error where it is no basis."""
        packed = msgspec.msgpack.decode(zlib.decompress(saved), type=_Packed)
        shelf = Shelf(
            themes=np.array(packed.themes, dtype=np.int32),
            authorities=np.array(packed.authorities, dtype=np.int32),
            new=np.array(packed.new, dtype=np.bool_),
            most_behind=packed.most_behind,
            known=np.array(packed.known, dtype=np.bool_),
            eased=np.array(packed.eased, dtype=np.bool_),
            easing=packed.easing,
            **packed.limits,
        )
        return Basis(packed.made, Scorer.load(packed.scorer), shelf, packed.events)


_LIMITS = ("places", "most_of_a_theme", "most_of_an_authority", "for_new")
