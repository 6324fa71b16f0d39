"""Which binding a landed file belongs to: ``<landing>/<supplier>/<feed>[-n]/<any name>``; it reads no file.

A supplier of fresh events puts a file, in the form of its nightly deliveries, into the folder named like its binding.
Files must appear whole: written under a name that begins with a dot, then renamed.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from profiles.bindings import Binding
from profiles.errors import BindingError

if TYPE_CHECKING:
    from pyspark.sql import Row


def folder(landing: Path, binding: Binding) -> Path:
    """Where files of the binding land."""
    return landing / binding.supplier / binding.file.stem


def by_folder(landing: Path, file: Path, bound: Sequence[Binding]) -> Binding:
    """The binding in whose folder the file landed; raises BindingError where there is none."""
    known = {folder(landing, binding): binding for binding in bound}
    if file.parent not in known:
        names = ", ".join(sorted(str(place.relative_to(landing)) for place in known))
        raise BindingError(
            f"{file} landed in a folder that no binding names, and was left there. Expected one of {names}."
        )
    return known[file.parent]


def landed_path(address: str) -> Path:
    """The path of a file that Spark names by its address.

    >>> landed_path("file:///landing/city/documents/%E4%B8%80.csv").name
    '一.csv'
    """
    return Path(unquote(urlsplit(address).path))


def written_from_messages(landing: Path, messages: "Iterable[Row]", batch: str) -> list[Path]:
    """Messages of a broker (topic ``<supplier>.<feed>[-n]``, value a JSON object) as landed files, durable before use.

    The binding of such a feed says ``format: json``. The same batch written again gives the same files.
    """
    values: dict[str, list[str]] = {}
    for message in messages:
        values.setdefault(str(message["topic"]), []).append(str(message["value"]))
    files = []
    for topic, some in sorted(values.items()):
        supplier, _, name = topic.partition(".")
        file = landing / supplier / name / f"{batch}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}")
        beside.write_text("[" + ",\n".join(some) + "]", encoding="utf-8")
        files.append(beside.replace(file))
    return files
