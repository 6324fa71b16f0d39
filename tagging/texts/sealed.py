"""The weights that are installed with this package as bytes, checked against their manifest; it unpacks no model.

It refuses weights that are not what the manifest says, so that nobody reads by half a training.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from profiles.errors import ModelMismatch

# Raised by one whenever what the arrays or the manifest mean changes.
FORMAT = 2
NAMES = ("titles", "trades")
MANIFEST = "manifest.json"
_AGAIN = "run `python -m tagging train-texts --data FOLDER` or install this release again"


@dataclass(frozen=True)
class Sealed:
    """Each model's bytes by name, the codes that it knows, and what the manifest says of them."""

    models: Mapping[str, bytes]
    manifest: Mapping[str, Any]

    @property
    def version(self) -> str:
        """It changes with either model."""
        return hashlib.sha256(json.dumps(self.manifest["files"], sort_keys=True).encode()).hexdigest()[:12]

    def codes(self, name: str) -> tuple[str, ...]:
        """The codes among which a model chooses."""
        return tuple(str(self.manifest["codes"][name]).split())


@cache
def installed() -> Sealed:
    """The weights of this release. Raises ModelMismatch as ``sealed``."""
    return sealed(files("tagging").joinpath("texts", "weights"))


def sealed(folder: Traversable) -> Sealed:
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
    return Sealed(saved, manifest)


def manifest_of(
    contents: Mapping[str, bytes], codes: Mapping[str, Sequence[str]], seed: int, data: Mapping[str, str]
) -> str:
    """The manifest as JSON: each model's hash and codes, and the hashes of the tables that it was learned from."""
    said = {
        "format": FORMAT,
        "seed": seed,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        "data": dict(data),
        "codes": {name: " ".join(listed) for name, listed in codes.items()},
    }
    return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
