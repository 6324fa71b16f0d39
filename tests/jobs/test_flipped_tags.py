"""Whoever has a sensitive tag and whoever has not get the same list where no rule names it: on a night's own rows."""

import pyarrow as pa
import pytest

from jobs import rank
from jobs.offers import offers
from jobs.vocabulary import vocabulary
from profiles.model import KINDS, Kind
from recommender import catalogue as catalogues
from tagging import registry as registries
from tests.jobs.night import Night

CATALOGUE, REGISTRY = catalogues.load(), registries.load()


@pytest.mark.parametrize("kind", KINDS)
def test_flipping_a_tag_that_may_not_rank_changes_no_list_and_flipping_one_that_may_does(
    night: Night, kind: Kind
) -> None:
    words = vocabulary(kind, REGISTRY, CATALOGUE, night.context.day)
    basis = rank.basis_of(night.context, words, REGISTRY, CATALOGUE)
    rows = rank.subjects(night.context, words, CATALOGUE).toArrow().combine_chunks().to_batches()[0]
    sensitive = sorted(tag.id for tag in REGISTRY.of(kind) if "ranking" not in tag.uses)
    own = offers(rows, words, basis)
    assert len(sensitive) > 5
    for tag in sensitive:
        assert offers(flipped(rows, tag), words, basis).equals(own), tag
    weights = abs(basis.scorer.weights).sum(axis=1)
    heaviest = words.tags[int(weights[: len(words.tags)].argmax())]
    assert not offers(flipped(rows, heaviest), words, basis).equals(own), heaviest


def flipped(rows: pa.RecordBatch, tag: str) -> pa.RecordBatch:
    """The rows with the tag taken from those who have it and given to all others."""
    told = [own or [] for own in rows["tags"].to_pylist()]
    turned = [[one for one in own if one != tag] if tag in own else [*own, tag] for own in told]
    place = rows.schema.get_field_index("tags")
    return rows.set_column(place, "tags", pa.array(turned, pa.list_(pa.string())))
