"""The weights that are installed with this package: two models in one .npz each, and a manifest that names them.

It refuses weights that are not what the manifest says, so that nobody reads by half a training.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from profiles.errors import ModelMismatch
from tagging.texts.likeness import Likeness

# Raised by one whenever what the arrays mean changes.
FORMAT = 1
NAMES = ("titles", "trades")
MANIFEST = "manifest.json"
_AGAIN = "run `python -m tagging train-texts --data FOLDER` or install this release again"


@dataclass(frozen=True)
class Weights:
    """A model for job titles, one for what a scope's clauses say; ``version`` changes with either."""

    titles: Likeness
    trades: Likeness
    version: str
    manifest: Mapping[str, Any]


@cache
def weights() -> Weights:
    """The weights of this release. Raises ModelMismatch as ``load``."""
    return load(files("tagging").joinpath("texts", "weights"))


def load(folder: Traversable) -> Weights:
    """Raises ModelMismatch where a file is missing, is not what the manifest says, or has another format."""
    try:
        manifest = json.loads(folder.joinpath(MANIFEST).read_text("utf-8"))
        saved = {name: folder.joinpath(f"{name}.npz").read_bytes() for name in NAMES}
    except (FileNotFoundError, ValueError) as error:
        raise ModelMismatch(f"tagging/texts/weights cannot be read ({error}): {_AGAIN}") from None
    if manifest.get("format") != FORMAT:
        found = manifest.get("format")
        raise ModelMismatch(f"tagging/texts/weights has format {found}, this release reads {FORMAT}: {_AGAIN}")
    for name, content in saved.items():
        if hashlib.sha256(content).hexdigest() != manifest["files"].get(name):
            raise ModelMismatch(f"tagging/texts/weights/{name}.npz is not what {MANIFEST} says: {_AGAIN}")
    models = {name: unpacked(content) for name, content in saved.items()}
    return Weights(models["titles"], models["trades"], _version(manifest), manifest)


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


def manifest_of(contents: Mapping[str, bytes], seed: int, data: Mapping[str, str], figures: Mapping[str, Any]) -> str:
    """The manifest as JSON: the hash of each model, and of what they were learned from."""
    said = {
        "format": FORMAT,
        "seed": seed,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        "data": dict(data),
        "figures": dict(figures),
    }
    return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _version(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest["files"], sort_keys=True).encode()).hexdigest()[:12]
