"""Orders the services that a subject may be offered, by one linear score; it never offers what the mask forbids.

The score of a service is additive in the subject's tags and pairs of tags: ``tag_vectors[column] .
service_vectors[service]`` summed over the columns, plus the service's own bias. So a place in the list is explained
exactly (``contributions``), and subjects with the same tags and the same mask have the same list, which is computed
once. Scores are made and ordered block by block: the whole subjects-by-services matrix never exists.
"""

import io
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from profiles.errors import ModelMismatch
from recommender.pairs import NO_PAIRS, Pairs, columns, dense_columns, laid_out, names

BLOCK_ROWS = 128  # a block of float32 scores over 1,400 services, twice, stays within a core's cache
GROUPS = 128  # columns are compared in so many groups before they are compared one by one
SCORE_DECIMALS = 6  # beyond them a score is noise of the order in which sums were made
_SAVED = frozenset({"tags", "services", "tag_vectors", "service_vectors", "service_bias", "intercept", "pairs"})
_LOWEST = np.finfo(np.float32).min  # a score that is not a number ranks last among the allowed, never outside them

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scorer:
    """One linear score in log-odds of taking a service up; holds a vector per tag or pair and none per subject.

    tag_vectors float32[T + P, D] (of the tags, then of the pairs), service_vectors float32[S, D], service_bias
    float32[S]; `intercept` shifts a score to the log-odds whose logistic is the probability of taking the service up.
    """

    tags: tuple[str, ...]
    services: tuple[str, ...]
    tag_vectors: Floats
    service_vectors: Floats
    service_bias: Floats
    intercept: float = 0.0
    pairs: Pairs = field(default_factory=NO_PAIRS.copy)

    def __post_init__(self) -> None:
        shapes = self.tag_vectors.shape, self.service_vectors.shape, self.service_bias.shape
        depth = self.tag_vectors.shape[1]
        width = len(self.tags) + len(self.pairs)
        expected = (width, depth), (len(self.services), depth), (len(self.services),)
        if shapes != expected:
            raise ValueError(f"a scorer of this vocabulary needs arrays of shapes {expected}, got {shapes}")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What the rows of `tag_vectors` are called: the tags, then each pair as both of its tags."""
        return names(self.tags, self.pairs)

    @cached_property
    def weighs_services(self) -> bool:
        """Whether `tag_vectors` are the weights of services themselves, so that nothing is left to multiply."""
        count = len(self.services)
        return self.service_vectors.shape == (count, count) and bool((self.service_vectors == np.eye(count)).all())

    @cached_property
    def weights(self) -> npt.NDArray[np.float64]:
        """What each column adds to the score of each service: float64[T + P, S]."""
        added = self.tag_vectors.astype(np.float64)
        return added if self.weighs_services else added @ self.service_vectors.T.astype(np.float64)

    def save(self) -> bytes:
        """The arrays as .npz without pickle, so that loading runs no code; the same scorer gives the same bytes."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            tags=np.array(self.tags, dtype=np.str_),
            services=np.array(self.services, dtype=np.str_),
            tag_vectors=self.tag_vectors,
            service_vectors=self.service_vectors,
            service_bias=self.service_bias,
            intercept=np.float64(self.intercept),
            pairs=self.pairs,
        )
        return buffer.getvalue()

    @staticmethod
    def load(saved: bytes) -> "Scorer":
        """What `save` wrote; a ValueError where the arrays do not fit together or would need pickle.

        Raises ModelMismatch where arrays are missing: another release saved it.
        """
        with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
            if missing := sorted(_SAVED - set(arrays.files)):
                raise ModelMismatch(
                    f"the saved model has no {', '.join(missing)}, so another release learned it: run train again"
                )
            return Scorer(
                tags=tuple(arrays["tags"].tolist()),
                services=tuple(arrays["services"].tolist()),
                tag_vectors=arrays["tag_vectors"],
                service_vectors=arrays["service_vectors"],
                service_bias=arrays["service_bias"],
                intercept=float(arrays["intercept"]),
                pairs=arrays["pairs"],
            )


@dataclass(frozen=True)
class Ranked:
    """The best `k` services of N subjects: indices int32[N, k] (-1 where the list ends), their scores (-inf) and
    their probabilities (0), both float32[N, k]."""

    indices: npt.NDArray[np.int32]
    scores: Floats
    probabilities: Floats


def rank(tags: csr_matrix, scorer: Scorer, allowed: Flags, k: int) -> Ranked:
    """The best `k` allowed services of each subject, best first, ties in the order of `scorer.services`.

    tags is csr[N, T] (1 where the subject has the tag), allowed is bool[N, S]. Nothing that is not allowed is ever
    listed; an allowed service whose score is not a number comes last.
    """
    if tags.shape != (allowed.shape[0], len(scorer.tags)) or allowed.shape[1] != len(scorer.services):
        raise ValueError(
            f"tags {tags.shape} and allowed {allowed.shape} do not fit a scorer of {len(scorer.tags)} tags"
            f" and {len(scorer.services)} services"
        )
    k = min(k, allowed.shape[1])
    first, inverse = _distinct(tags, allowed)
    if len(first) < len(inverse):
        tags, allowed = tags[first], allowed[first]
    indices = np.empty((tags.shape[0], k), dtype=np.int32)
    scores = np.empty((tags.shape[0], k), dtype=np.float32)
    # Blocks share one piece of memory: fresh memory for each would cost more than the comparing.
    room = np.empty((2, min(BLOCK_ROWS, tags.shape[0]), allowed.shape[1]), dtype=np.float32)
    left, right = _sides(scorer)
    for start in range(0, tags.shape[0], BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        vectors = _vectors(tags[rows], scorer, left)
        block = np.matmul(vectors, right, out=room[0, : len(vectors)])
        indices[rows], scores[rows] = _best(_masked(block, allowed[rows], room[1, : len(vectors)]), k)
    ranked = Ranked(indices, scores, probability(scores, scorer))
    if len(first) == len(inverse):
        return ranked
    return Ranked(ranked.indices[inverse], ranked.scores[inverse], ranked.probabilities[inverse])


def score(tags: csr_matrix, scorer: Scorer) -> Floats:
    """Scores float32[N, S] of every service; for a block of subjects, not for a city."""
    left, right = _sides(scorer)
    scores: Floats = _vectors(tags, scorer, left) @ right
    return scores


def told(
    tags: csr_matrix, scorer: Scorer, rows: npt.NDArray[np.int64], services: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Score and probability, both float64[L], of L (row, service) pairs, the same in whatever batch a row stands.

    A block's scores carry the noise of single precision, which depends on the block; what is shown must not.
    """
    count = len(scorer.services)
    weights = np.append(scorer.weights, np.zeros(count))
    added = np.zeros(len(rows))
    begins = np.ascontiguousarray(laid_out(columns(tags, scorer.pairs)).T) * count
    for begin in begins:  # one by one: a sum of many at once would depend on how many there are
        added += weights.take(begin.take(rows) + services)
    scores = added + scorer.service_bias[services]
    return scores, _logistic(scores + scorer.intercept)


def probability(scores: Floats, scorer: Scorer) -> Floats:
    """The calibrated probability of taking a service up, for scores of any shape; 0 where a list has ended."""
    likely: Floats = _logistic(scores.astype(np.float64) + scorer.intercept).astype(np.float32)
    return likely


def _logistic(odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    with np.errstate(over="ignore", invalid="ignore"):
        likely: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-odds))
    return likely


def contributions(scorer: Scorer, own: npt.NDArray[np.intp], services: npt.NDArray[np.intp]) -> Floats:
    """What each of one subject's own columns adds to the score of each service: float32[len(own), len(services)].

    Summed over all columns that the subject has, with ``service_bias`` added, it is the score itself.
    """
    added: Floats = scorer.tag_vectors[own] @ scorer.service_vectors[services].T
    return added


def best(scores: Floats, allowed: Flags, k: int) -> tuple[npt.NDArray[np.int32], Floats]:
    """Indices and scores [N, k] of the best `k` allowed, best first, ties in column order; -1 and -inf pad."""
    return _best(_masked(scores.copy(), allowed, np.empty_like(scores)), k)


def _sides(scorer: Scorer) -> tuple[Floats | None, Floats]:
    """The two factors of the scores, the second with the services' bias below it; the first is None where a subject's
    columns are multiplied by the weights of services at once."""
    if scorer.weighs_services:
        return None, np.concatenate([scorer.tag_vectors, scorer.service_bias[None, :]])
    return scorer.tag_vectors, np.concatenate([scorer.service_vectors.T, scorer.service_bias[None, :]])


def _vectors(tags: csr_matrix, scorer: Scorer, left: Floats | None) -> Floats:
    """The sum of each subject's vectors, and a one that takes in the services' bias: float32[N, D + 1]."""
    own = dense_columns(tags.toarray().astype(np.float32, copy=False), scorer.pairs)
    vectors = np.ones((len(own), (own if left is None else left).shape[1] + 1), dtype=np.float32)
    if left is None:
        vectors[:, :-1] = own
    else:
        np.matmul(own, left, out=vectors[:, :-1])
    return vectors


def _best(ordered: Floats, k: int) -> tuple[npt.NDArray[np.int32], Floats]:
    places = np.flatnonzero(ordered >= _least(ordered, k)[:, None])
    rows, found = np.divmod(places, ordered.shape[1])
    counts = np.bincount(rows, minlength=len(ordered))
    width = max([k, *counts[counts > k].tolist()])
    position = np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
    indices = np.full((len(ordered), width), -1, dtype=np.int32)
    values = np.full((len(ordered), width), -np.inf, dtype=np.float32)
    indices[rows, position] = found
    values[rows, position] = _rounded(ordered.ravel()[places])
    order = np.argsort(-values, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(indices, order, axis=1), np.take_along_axis(values, order, axis=1)


def _masked(scores: Floats, allowed: Flags, room: Floats) -> Floats:
    """Scores where allowed (the lowest float where they are not a number) and -inf elsewhere, written into `room`.

    The mask becomes a ceiling of +inf or -inf: a minimum has no branch, and is five times faster than a choice.
    """
    np.fmax(scores, _LOWEST, out=scores)
    np.copyto(room, allowed)
    room -= np.float32(0.5)
    room *= np.float32(np.inf)
    return np.minimum(scores, room, out=room)


def _least(ordered: Floats, k: int) -> Floats:
    """A score per row that at least `k` of its columns reach, and few more: float32[N].

    The k-th best of the best of each group of columns is such a score, and is found among far fewer numbers than
    the k-th best of all. Columns that rounding would make equal to it reach it too, what is masked (-inf) never.
    """
    columns = ordered.shape[1]
    groups = max(GROUPS, 4 * k)
    if columns >= 2 * groups:
        whole = columns - columns % groups
        heads = ordered[:, :whole].reshape(len(ordered), -1, groups).max(axis=1)
        np.maximum(heads[:, : columns - whole], ordered[:, whole:], out=heads[:, : columns - whole])
    else:
        heads = ordered
    least = np.partition(heads, heads.shape[1] - k, axis=1)[:, heads.shape[1] - k]
    nearly = np.float32(10.0**-SCORE_DECIMALS) * 2
    with np.errstate(over="ignore", invalid="ignore"):
        lower: Floats = np.maximum(least - nearly * np.maximum(np.abs(least), 1), _LOWEST)
    return np.where(np.isposinf(least), least, lower)


def _rounded(scores: Floats) -> Floats:
    """Scores to SCORE_DECIMALS; the lowest float, which rounding would make infinite, keeps its own value."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(np.abs(scores) < 1e20, np.round(scores, SCORE_DECIMALS), scores)


def _distinct(tags: csr_matrix, allowed: Flags) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Row numbers of the distinct (tag set, mask) pairs, and for every row which of them it is.

    Rows are told apart by 64-bit sums of fixed random numbers, and every row is then compared with the one it is
    said to equal: a collision costs the sharing, never a wrong list.
    """
    packed = _words(allowed)
    salt = np.random.default_rng(20_240_229).integers(1, 2**63, tags.shape[1] + packed.shape[1], dtype=np.uint64)
    of_tags = np.add.reduceat(np.append(salt[tags.indices], np.uint64(0)), np.minimum(tags.indptr[:-1], tags.nnz))
    of_tags[np.diff(tags.indptr) == 0] = 0
    mixed = (packed ^ (packed >> np.uint64(31))) * (salt[tags.shape[1] :] | np.uint64(1))
    code = of_tags + (mixed ^ (mixed >> np.uint64(29))).sum(axis=1, dtype=np.uint64)
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    if len(first) == len(code):
        return np.arange(len(code)), np.arange(len(code))
    twin = first[inverse]
    same_mask = bool((packed == packed[twin]).all())
    same_tags = (tags != tags[twin]).nnz == 0
    if not (same_mask and same_tags):
        return np.arange(len(code)), np.arange(len(code))
    return first, inverse


def _words(flags: Flags) -> npt.NDArray[np.uint64]:
    bits = np.packbits(flags, axis=1)
    padded = np.zeros((len(flags), -(-bits.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view(np.uint64)
