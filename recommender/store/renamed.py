"""Moves what the store keeps under a pseudonym to another one, which may lie on another server; it makes no pseudonym.

What stands under the new one is written whole before anything under the old one goes, so that a move that broke off is
made again and finds nothing lost. Moving again what was moved changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Protocol, cast

import msgspec
from redis import Redis

from recommender.access import SHOWN, SHOWN_SECONDS
from recommender.choices import Notice
from recommender.generation import (
    INBOX_KEPT_SECONDS,
    accesses_key,
    choices_key,
    drafts_key,
    inbox_key,
    mail_key,
    own_keys,
)
from recommender.store import mail
from recommender.store.drafts import KEPT_DAYS, Draft
from recommender.store.reach import batches

BATCH = 5_000
ADDRESS = b"a:"


class Renaming(Protocol):
    """How what is kept under a pseudonym is to be kept under another one."""

    def notice(self, old: str, new: str, notice: Notice) -> Notice:
        """A notice of an inbox."""

    def address(self, old: str, new: str, sealed: str) -> str:
        """An address, sealed."""

    def draft(self, old: str, new: str, sealed: str) -> str:
        """A half-filled form, sealed."""

    def message(self, name: str) -> str:
        """What a message is called."""


class Kept(NamedTuple):
    """What is kept under one pseudonym besides pages, which are published anew, and the markers of a day."""

    choices: Mapping[bytes, bytes]
    inbox: Mapping[bytes, bytes]
    mail: Mapping[bytes, bytes]
    read: Sequence[bytes]
    drafts: Mapping[bytes, bytes]


def move(client: Redis, pairs: Iterable[tuple[str, str]], anew: Renaming) -> int:
    """Move all that is kept from old pseudonyms to new ones; how many had choices or an inbox."""
    moved = 0
    for batch in batches(pairs, BATCH):
        for (old, new), kept in zip(batch, _kept(client, [old for old, _ in batch]), strict=True):
            if old == new:  # the vault's key alone is another
                _write(client, new, _addresses(old, new, kept, anew), {}, (), _drafts(old, new, kept, anew))
            elif any(kept):
                notices = (
                    anew.notice(old, new, msgspec.msgpack.decode(one, type=Notice)) for one in kept.inbox.values()
                )
                inbox = {one.id.encode(): msgspec.msgpack.encode(one) for one in notices}
                choices = {**kept.choices, **_addresses(old, new, kept, anew)}
                _write(client, new, choices, inbox, kept.read, _drafts(old, new, kept, anew))
                _drop(client, old)
                mail.move(client, old, new, kept.mail, anew.message)
                moved += bool(kept.choices or kept.inbox)
    return moved


def _kept(client: Redis, subjects: Iterable[str]) -> list[Kept]:
    with client.pipeline(transaction=False) as pipe:
        for subject in subjects:
            pipe.hgetall(choices_key(subject))
            pipe.hgetall(inbox_key(subject))
            pipe.hgetall(mail_key(subject))
            pipe.lrange(accesses_key(subject), 0, -1)
            pipe.hgetall(drafts_key(subject))
        found = pipe.execute()
    width = len(Kept._fields)
    return [Kept(*found[first : first + width]) for first in range(0, len(found), width)]


def _addresses(old: str, new: str, kept: Kept, anew: Renaming) -> dict[bytes, bytes]:
    return {
        name: anew.address(old, new, sealed.decode()).encode()
        for name, sealed in kept.choices.items()
        if name.startswith(ADDRESS)
    }


def _drafts(old: str, new: str, kept: Kept, anew: Renaming) -> dict[bytes, bytes]:
    found = {service: Draft.parse(text) for service, text in kept.drafts.items()}
    return {service: draft._replace(sealed=anew.draft(old, new, draft.sealed)).text for service, draft in found.items()}


def _write(
    client: Redis,
    subject: str,
    choices: Mapping[bytes, bytes],
    inbox: Mapping[bytes, bytes],
    read: Sequence[bytes],
    drafts: Mapping[bytes, bytes],
) -> None:
    with client.pipeline(transaction=True) as pipe:
        if choices:
            pipe.hset(choices_key(subject), mapping=cast("Any", choices))
        if inbox:
            pipe.hset(inbox_key(subject), mapping=cast("Any", inbox))
            pipe.expire(inbox_key(subject), INBOX_KEPT_SECONDS)
        if read:
            pipe.rpush(accesses_key(subject), *read)
            pipe.ltrim(accesses_key(subject), 0, SHOWN - 1)
            pipe.expire(accesses_key(subject), SHOWN_SECONDS)
        if drafts:
            pipe.hset(drafts_key(subject), mapping=cast("Any", drafts))
            pipe.expire(drafts_key(subject), timedelta(days=KEPT_DAYS + 1))
        pipe.execute()


def _drop(client: Redis, subject: str) -> None:
    with client.pipeline(transaction=True) as pipe:
        for key in own_keys(subject):
            pipe.unlink(key)
        pipe.execute()
