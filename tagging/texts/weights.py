"""The installed weights as models: one for job titles, one for what a scope's clauses say; it learns nothing."""

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from tagging.texts.likeness import Likeness
from tagging.texts.sealed import Sealed, installed, sealed


@dataclass(frozen=True)
class Weights:
    """A model for job titles, one for what a scope's clauses say; ``version`` changes with either."""

    titles: Likeness
    trades: Likeness
    version: str


@cache
def weights() -> Weights:
    """The weights of this release. Raises ModelMismatch as ``load``."""
    return _opened(installed())


def load(folder: Traversable) -> Weights:
    """Raises ModelMismatch as ``tagging.texts.sealed.sealed``."""
    return _opened(sealed(folder))


def packed(model: Likeness) -> bytes:
    """The arrays as .npz without pickle; the same model gives the same bytes."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = model.arrays()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def unpacked(content: bytes) -> Likeness:
    """What ``packed`` gave; a ValueError where it would need pickle."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Likeness.of({name: arrays[name] for name in arrays.files})


def _opened(found: Sealed) -> Weights:
    models = {name: unpacked(content) for name, content in found.models.items()}
    return Weights(models["titles"], models["trades"], found.version)
