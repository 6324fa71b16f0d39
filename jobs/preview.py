"""What proposed tags would do to the files of the lake, in lines for an official; it writes nothing."""

from collections.abc import Iterator
from pathlib import Path

from jobs.run import Context
from profiles.errors import RegistryError
from profiles.model import KINDS
from tagging.check import objections
from tagging.personas import load_personas
from tagging.preview import differences, lines, persona_changes, reach
from tagging.registry import load, with_tags_of


def preview(context: Context, rule: Path) -> Iterator[str]:
    """The lines of ``tagging.preview`` for a file of tags, counted over the newest files.

    Raises:
        RegistryError, RuleError: the file is no list of tags, or a rule of it is wrong; after the last line, where
            ``python -m tagging check`` would refuse a tag of it.
        TableMissing: no files have been built.
    """
    base = load()
    proposed = with_tags_of(base, rule)
    found = differences(base, proposed)
    folders = [context.tables.path(f"{kind}_files") for kind in KINDS]
    reached = reach(base, proposed, found.asked, folders, context.day)
    personas = load_personas()
    yield from lines(found, persona_changes(base, proposed, personas), reached)
    if refused := objections(proposed, personas):
        said = "".join(f"\n- {sentence}" for sentence in refused)
        raise RegistryError(f"this is what it would do, but `python -m tagging check` refuses it:{said}")
