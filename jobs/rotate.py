"""The job that turns the lake and the store to new keys, without any identity number; it never mixes old and new.

Each table is switched in one step and says whose keys it is under, so a rotation that was killed is run again and
goes on where it stopped, and until it is finished no other job reads what is under the keys that it was not given.
Nobody may use the pages meanwhile: stop the API and the deliverers before, and start them with the new keys after.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

import msgspec
from pyspark.errors import PySparkException

from jobs import audit, feedback, receipts
from jobs.holdings import DERIVED, WITHOUT, holding
from jobs.run import Context, Summary
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import KeyMaterialError
from profiles.identity.keys import open_sealed, rotated, seal
from profiles.identity.rotation import Holding, Rotation
from recommender.choices import ADDRESS, DRAFT, SAID, Feedback, Notice
from recommender.reminders import rung_id
from recommender.store import FeedbackQueue, Returns, Store

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Whose choices and inboxes there may be; while these are under the old keys, the store may be too.
KNOWN_FROM = ("person_files", "enterprise_files", feedback.TABLE)


def run(context: Context) -> Summary:
    """Turn everything from the settings' keys to those of YIDANG_NEW_PSEUDONYM_KEY, _VAULT_KEY and _KEY_ID.

    Raises:
        KeyMaterialError: the new keys do not follow on the old ones, the old ones are not those that made the lake, a
            table is under neither, nobody declared what a table holds, or feedback is set aside unread.
        StoreUnavailable: the store does not answer; nothing was touched.
    """
    renewed = Context(context.day, _renewed(context.settings), context.progress)
    rotation = Rotation(context.keys, renewed.keys)
    with Returns(context.settings.store_url) as returns:
        receipts.drain(context, returns)
        returns.drop_all()  # they are named after their subjects; whom nothing reached is in the table unreached
    if rotation.new.key_id not in context.tables.key_ids(audit.TABLE):
        audit.run(context)  # reads that wait in the store are under the old keys
    waiting = _waiting(context.tables, rotation)
    with Store(context.settings.store_url) as store, FeedbackQueue(context.settings.store_url) as queue:
        if aside := len(queue.set_aside()):
            raise KeyMaterialError(
                f"{aside} entries of feedback could not be read and would stay under the old keys: let them be read "
                "again or drop them with `python -m jobs feedback unreadable`, run `feedback`, then rotate again."
            )
        moved = store.rename(_subjects(context, rotation, waiting), Anew(rotation))
        if waiting:
            store.forget_pages()  # nobody could find them, or open what is sealed in them, with the new keys
        for done, table in enumerate(waiting):
            context.progress(f"turning {table}", done, len(waiting))
            _turn(context, rotation, table)
        for given in feedback.drained(renewed, queue, lambda one: _anew(one, rotation)):
            moved += store.rename(
                {(one.subject, rotated(rotation.later, one.subject)) for one in given}, Anew(rotation)
            )
    note = "now give every process the new keys, and run publish and remind" if waiting else "nothing was left to turn"
    return Summary("rotate", {"tables": len(waiting), "choices and inboxes": moved}, note)


def _renewed(settings: Settings) -> Settings:
    if not settings.new_key_id:
        raise KeyMaterialError("YIDANG_NEW_KEY_ID is not set: give the new keys a name of their own, such as k2.")
    return settings.model_copy(
        update={
            "pseudonym_key": settings.new_pseudonym_key or settings.pseudonym_key,
            "vault_key": settings.new_vault_key or settings.vault_key,
            "key_id": settings.new_key_id,
        }
    )


def _waiting(tables: Tables, rotation: Rotation) -> list[str]:
    """The tables still to be turned; raises KeyMaterialError before anything is touched."""
    old, new = rotation.old.key_id, rotation.new.key_id
    found = []
    for table in tables.names():
        if table in WITHOUT:
            continue
        if table not in DERIVED:
            _held(table)
        under = tables.key_ids(table)
        if strange := under - {"", old, new}:
            raise KeyMaterialError(
                f"Table {table} is under key {', '.join(sorted(strange))}, neither the old {old} nor the new {new}: "
                "set YIDANG_KEY_ID and its keys to those of the lake."
            )
        if under != {new}:
            found.append(table)
    # Whole files do not say under which keys they are: what is made again anyway is no reason to begin.
    return found if any(table not in DERIVED or tables.key_ids(table) != {""} for table in found) else []


def _held(table: str) -> Holding:
    found = holding(table)
    if found is None:
        raise KeyMaterialError(
            f"Nobody declared where table {table} holds pseudonyms: say it in jobs/holdings.py, then rotate again."
        )
    return found


def _turn(context: Context, rotation: Rotation, table: str) -> None:
    if table in DERIVED:
        context.tables.drop(table)
        return
    holds = _held(table)

    def turned(rows: "DataFrame") -> "DataFrame":
        return rotation.rows(rows, holds)

    try:
        context.tables.rewrite(table, context.spark, turned, key_id=rotation.new.key_id)
    except PySparkException as error:
        if "AES_CRYPTO_ERROR" not in str(error):
            raise
        raise KeyMaterialError(
            f"A sealed value in table {table} does not open with the vault key {rotation.old.key_id}: check "
            "YIDANG_VAULT_KEY. The table stays as it was."
        ) from None


def _subjects(context: Context, rotation: Rotation, waiting: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(old, new) pseudonym of everybody who may have chosen something or been told something."""
    frames = [context.tables.read(table, context.spark).select("subject") for table in KNOWN_FROM if table in waiting]
    if frames:
        known = reduce(lambda one, other: one.union(other), frames).distinct()
        pairs = known.select("subject", rotation.token(known["subject"]).alias("new"))
        for row in pairs.toLocalIterator():
            yield row["subject"], row["new"]


def _anew(given: Feedback, rotation: Rotation) -> Feedback:
    subject = rotated(rotation.later, given.subject)
    said = given.said and seal(rotation.new, subject, SAID, open_sealed(rotation.old, given.subject, SAID, given.said))
    return replace(given, subject=subject, said=said)


class Anew:
    """How the store keeps under new keys what it kept under the old ones."""

    def __init__(self, rotation: Rotation) -> None:
        self._rotation = rotation

    def notice(self, old: str, new: str, notice: Notice) -> Notice:
        """The notice; a rung's is named after its subject, so that the next reminder of it is known to be the same."""
        if notice.id != rung_id(old, notice.what, notice.due_on, notice.rung):
            return notice
        return msgspec.structs.replace(notice, id=rung_id(new, notice.what, notice.due_on, notice.rung))

    def address(self, old: str, new: str, sealed: str) -> str:
        """The address, sealed anew; one that a rotation that was killed had sealed already stays as it is."""
        return self._resealed(old, new, ADDRESS, sealed)

    def draft(self, old: str, new: str, sealed: str) -> str:
        """A half-filled form; as an address."""
        return self._resealed(old, new, DRAFT, sealed)

    def message(self, name: str) -> str:
        """The name that the lake's messages have from now on."""
        return rotated(self._rotation.later, name)

    def _resealed(self, old: str, new: str, field: str, sealed: str) -> str:
        try:
            return seal(self._rotation.new, new, field, open_sealed(self._rotation.old, old, field, sealed))
        except KeyMaterialError:
            return sealed
