"""A file's tags in words for its owner: why, since when, and whether deleted; it never says what a tag is used for."""

from api import schemas
from api.reading import Reader, Words
from recommender import explain
from recommender.own_file import Tag
from recommender.store import StoredHome
from recommender.wording import wording


class Tagged:
    """Says which tags a file has in the words of one catalogue."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def tags(self, stored: StoredHome, reader: Reader) -> schemas.Tags:
        """Every tag earned, then those deleted that the file does not earn at present; by id."""
        earned = stored.file.tags if stored.file else ()
        gone = [Tag(tag) for tag in sorted(stored.choices.tags_deleted) if tag not in {one.id for one in earned}]
        told = tuple(self._tag(one, stored, reader) for one in (*earned, *gone))
        return schemas.Tags(reader.today, stored.generation.day, told)

    def _tag(self, one: Tag, stored: StoredHome, reader: Reader) -> schemas.Tag:
        family = wording().families.get(one.id)
        return schemas.Tag(
            id=one.id,
            name=explain.tag_name(one.id, reader.locale),
            family=family.say(reader.locale) if family else "",
            since=None if one.since == wording().begins.get(one.id) else one.since,
            until=one.until,
            reasons=tuple(self._reasons(one, reader)),
            facts=tuple(
                schemas.Fact(
                    explain.question(fact.reads, reader.locale),
                    self._words.source(fact.source, reader.locale),
                    fact.as_of,
                )
                for fact in one.evidence
                if fact.as_of
            ),
            deleted_on=stored.choices.tags_deleted.get(one.id),
        )

    def _reasons(self, one: Tag, reader: Reader) -> list[str]:
        """Each clause that holds, as sentences; what has no sentence of its own is left to the facts behind it.

        That a rule is in force, or that a day of the past is past, is nobody's reason.
        """
        kind, locale = reader.subject.kind, reader.locale
        parts = dict.fromkeys(part for clause in one.clauses for part in clause.split(" AND "))
        told = [part for part in parts if not part.startswith("as_of ") and not part.endswith(" <= as_of")]
        return [explain.sentence(part, locale, kind) for part in told if explain.speaks(part, locale, kind)]
