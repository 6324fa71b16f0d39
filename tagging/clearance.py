"""Whether a tag may be used for what it says: by its feeds' contracts and by its own sensitivity; it asks no file."""

from collections.abc import Iterator

from tagging.origins import feeds_behind, terms
from tagging.rules import Rule
from tagging.rules.complaint import nearest
from tagging.tag import ALLOWED_USES, SENSITIVITIES, Tag


def uncleared(tag: Tag, rule: Rule) -> Iterator[str]:
    """What is wrong with the tag's sources, uses and sensitivity, one sentence each."""
    known = terms()
    reads = [read for atom in rule.atoms for read in atom.reads if not read.startswith("tag:")]
    behind = {read: feeds_behind(read, tag.kind) for read in reads}
    possible = {feed for feeds in behind.values() for feed in feeds}
    for read, feeds in behind.items():
        if not set(feeds) & set(tag.sources):
            yield f"reads {read}, so sources should name {' or '.join(feeds)}"
    for feed in tag.sources:
        if feed not in known:
            yield f"the source {feed!r} is no feed{nearest(feed, known)}"
        elif feed not in possible:
            yield f"the source {feed} stands behind nothing that the rule reads; remove it"
    for feed in sorted((possible | set(tag.sources)) & set(known)):
        for use in tag.uses:
            if use not in known[feed].uses:
                yield f"the contract of {feed} does not allow {use}; remove that use or do not read from it"
    yield from _sensitive(tag)


def _sensitive(tag: Tag) -> Iterator[str]:
    allowed = ALLOWED_USES[tag.sensitivity]
    for use in tag.uses:
        if use not in allowed:
            yield f"what is {tag.sensitivity} is not for {use}; remove that use, or say that it is less sensitive"
    for feed in tag.sources:
        if feed in terms() and terms()[feed].sensitivity == "restricted" and tag.sensitivity != "restricted":
            yield f"{feed} is restricted by its contract, so the sensitivity should be {SENSITIVITIES[-1]}"
