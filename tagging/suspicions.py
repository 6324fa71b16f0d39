"""Rules that their answers to a whole sample give away: never true, never false, or twice the same; it mends none."""

from collections.abc import Iterator

from tagging.sample import Answers
from tagging.tag import Tag


def suspicions(answers: Answers) -> Iterator[str]:
    """One sentence for each suspicious rule."""
    count = len(answers.files)
    seen: dict[tuple[bool | None, ...], Tag] = {}
    for tag, column in zip(answers.tags, zip(*answers.table, strict=True), strict=True):
        if True not in column:
            yield f"{tag.where}: the rule contradicts itself: it is true of none of {count} files; {_rewrite(tag)}"
        elif False not in column:
            yield f"{tag.where}: the rule is false of none of {count} files, so it says nothing; {_rewrite(tag)}"
        elif (other := seen.setdefault(column, tag)) is not tag:
            yield (
                f"{tag.where}: answers like tag {other.id} on all {count} files; remove one, or give an example that"
                " tells them apart"
            )


def _rewrite(tag: Tag) -> str:
    return f"rewrite {tag.rule[:80]!r}"
