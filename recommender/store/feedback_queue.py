"""What subjects did on their pages, for the job that makes it durable; an entry stays until that job says it is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from profiles.errors import FeedbackUnreadable
from recommender.choices import Feedback
from recommender.generation import SHARDS, feedback_key, shard_of
from recommender.store import set_aside
from recommender.store.client import Client
from recommender.store.reach import entries_of, reached
from recommender.store.set_aside import Unreadable

if TYPE_CHECKING:
    import redis

GROUP = CONSUMER = "jobs"
BATCH = 1_000


class FeedbackQueue(Client):
    """What waits, and what of it could not be read."""

    def read(self, most: int = BATCH) -> list[Feedback]:
        """The oldest undrained feedback, at most so much of a shard; what was read before and never settled comes
        first, again.

        What cannot be read is set aside with its reason, and what comes after it is read.
        """
        with reached(self._where):
            self._open_groups()
            for since in ("0", ">"):
                while entries := self._waiting(since, most):
                    if found := list(self._readable(entries)):
                        return found
        return []

    def _waiting(self, since: str, most: int) -> list[tuple[str, bytes, Mapping[bytes, bytes]]]:
        """(shard, entry, fields), the oldest first."""
        with self._client.pipeline(transaction=False) as pipe:
            for shard in SHARDS:
                pipe.xreadgroup(GROUP, CONSUMER, {feedback_key(shard): since}, count=most)
            replies = pipe.execute()
        entries = [
            (shard, entry, fields)
            for shard, reply in zip(SHARDS, replies, strict=True)
            for entry, fields in entries_of(reply)
        ]
        return sorted(entries, key=lambda one: tuple(map(int, one[1].split(b"-"))))

    def _readable(self, entries: Sequence[tuple[str, bytes, Mapping[bytes, bytes]]]) -> Iterator[Feedback]:
        for shard, entry, fields in entries:
            try:
                yield Feedback.from_fields(b"%b.%b" % (entry, shard.encode()), fields)
            except FeedbackUnreadable as fault:
                set_aside.put(self._client, GROUP, shard, entry, fields, str(fault))

    def set_aside(self) -> list[Unreadable]:
        """The feedback that could not be read."""
        with reached(self._where):
            return set_aside.kept(self._client)

    def take_up_again(self) -> int:
        """Let what was set aside be read once more, by this release; how many entries that were."""
        with reached(self._where):
            return set_aside.put_back(self._client)

    def drop_set_aside(self) -> int:
        """Forget what was set aside; how many entries that were."""
        with reached(self._where):
            return set_aside.drop(self._client)

    def settle(self, entries: Sequence[str]) -> None:
        """Forget feedback that is durable elsewhere by now."""
        settled: dict[str, list[str]] = defaultdict(list)  # shard -> entries of its stream
        for entry in entries:
            number, _, shard = entry.partition(".")
            settled[shard].append(number)
        with reached(self._where):
            for shard, own in settled.items():
                with self._client.pipeline(transaction=True) as pipe:
                    pipe.xack(feedback_key(shard), GROUP, *own)
                    pipe.xdel(feedback_key(shard), *own)
                    pipe.execute()

    def _open_groups(self) -> None:
        with self._client.pipeline(transaction=False) as pipe:
            for shard in SHARDS:
                pipe.xgroup_create(feedback_key(shard), GROUP, id="0", mkstream=True)
            answers = pipe.execute(raise_on_error=False)
        for answer in answers:
            if isinstance(answer, Exception) and "BUSYGROUP" not in str(answer):
                raise answer


def forget(client: "redis.Redis", subjects: Sequence[str]) -> int:
    """Delete what these subjects did, whether it waits or was set aside; how many entries it was."""
    dropped = set_aside.drop(client, frozenset(subjects))
    for shard in sorted(set(map(shard_of, subjects))):
        stream = feedback_key(shard)
        waiting = [
            entry
            for entry, fields in cast("Any", client.xrange(stream))
            if fields.get(b"subject", b"").decode() in subjects
        ]
        dropped += int(cast("Any", client.xdel(stream, *waiting))) if waiting else 0
    return dropped
