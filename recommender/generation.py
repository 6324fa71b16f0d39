"""Where things lie in the serving store: a generation's name, its buckets and every key; it talks to no server.

One generation is one complete set of pages. Its name says all that a reader must know to find a page in it: the day,
how many bits of the pseudonym choose the bucket, and a digest of the content, so that the same content is the same
generation. A bucket is one hash of about a hundred pages, keyed by the raw pseudonym: far smaller than a key a page.

Everything of a subject carries its shard in braces, the first digit of its pseudonym: a cluster keeps what is in the
same braces on one server, so that what must be read or must change in one step never spans two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

POINTER = "y:gen"  # the generation that readers see
STARTED = "y:gens"  # every generation with keys in the store, whole or torn
TRACED = "y:{t}:gens"  # the generations whose lists can be explained, in the order in which they came
SHARDS = "0123456789abcdef"
ACCESSES = "y:{access}"  # reads that are not in the audit yet
ANSWERING = "y:{access}:by"  # the processes that note reads and have not said that they ended
AUDITED = "y:{access}:audit"  # the head of the audit's chain

INBOX_KEPT_SECONDS = 400 * 86_400

PAGES_PER_BUCKET = 100
SHARD_BITS, MOST_BITS = 4, 24


@dataclass(frozen=True)
class Generation:
    """The name of one complete set of pages.

    >>> Generation(date(2026, 11, 22), 2, "5f1c").text
    '2026-11-22.2.5f1c'
    """

    day: date
    bits: int
    digest: str

    @cached_property
    def text(self) -> str:
        """The name as the store's pointer holds it."""
        return f"{self.day.isoformat()}.{self.bits}.{self.digest}"

    @classmethod
    def parse(cls, text: str) -> "Generation":
        """The generation of that name.

        Raises:
            ValueError: the text is no generation's name.
        """
        day, bits, digest = text.split(".")
        return cls(date.fromisoformat(day), int(bits), digest)

    @cached_property
    def about(self) -> str:
        """The key of the hash that says what the generation holds."""
        return f"y:g:{self.text}"

    @property
    def words(self) -> str:
        """The key of the words that the generation's pages are packed with."""
        return f"{self.about}:words"

    @property
    def file_words(self) -> str:
        """The key of the words that the generation's files are packed with."""
        return f"{self.about}:f:words"

    @property
    def based_on(self) -> str:
        """The key of the set of bases that the generation's lists were made by."""
        return f"y:{{t}}:{self.text}"

    def whole(self, shard: str) -> str:
        """The key that is there as long as all pages of the shard are.

        >>> Generation(date(2026, 11, 22), 4, "5f1c").whole("a")
        'y:g:2026-11-22.4.5f1c:w:{a}'
        """
        return f"{self.about}:w:{{{shard}}}"

    def bucket(self, subject: str) -> str:
        """The key of the bucket that holds the subject's page.

        >>> Generation(date(2026, 11, 22), 9, "5f1c").bucket("a3" + 30 * "0")
        'y:g:2026-11-22.9.5f1c:p:{a}6'
        """
        return f"{self.about}:p:{self._bucket(subject)}"

    def file_bucket(self, subject: str) -> str:
        """The key of the bucket that holds the subject's own file, which few requests read."""
        return f"{self.about}:f:{self._bucket(subject)}"

    def trace_bucket(self, subject: str) -> str:
        """The key of the bucket that holds the records of the subject's lists, with those of others."""
        return f"y:t:{self.text}:{self._bucket(subject)}"

    def buckets(self) -> list[str]:
        """The keys of all buckets of pages, never fewer than there are shards."""
        return [self.bucket(first) for first in self._firsts()]

    def file_buckets(self) -> list[str]:
        """The keys of all buckets of files."""
        return [self.file_bucket(first) for first in self._firsts()]

    def trace_buckets(self) -> list[str]:
        """The keys of all buckets of records."""
        return [self.trace_bucket(first) for first in self._firsts()]

    @property
    def _own_bits(self) -> int:
        """How many bits choose among the buckets of a shard."""
        return max(self.bits, SHARD_BITS) - SHARD_BITS

    def _bucket(self, subject: str) -> str:
        number = int(subject[1:8], 16) >> (28 - self._own_bits)
        return f"{_tag(subject)}{number:x}"

    def _firsts(self) -> Iterator[str]:
        """The beginning of the first pseudonym of each bucket."""
        for shard in SHARDS:
            for number in range(1 << self._own_bits):
                yield f"{shard}{number << (28 - self._own_bits):07x}"


def bits_for(pages: int) -> int:
    """How many bits spread that many pages over buckets of about a hundred.

    >>> [bits_for(pages) for pages in (0, 100, 101, 11_000, 10_000_000)]
    [0, 0, 1, 7, 17]
    """
    buckets = max(1, -(-pages // PAGES_PER_BUCKET))
    return min(MOST_BITS, (buckets - 1).bit_length())


def basis_key(basis: bytes) -> str:
    """The basis of that id."""
    return f"y:{{t}}:{basis.hex()}"


def feedback_key(shard: str) -> str:
    """The stream of what the subjects of a shard did."""
    return f"y:f:{{{shard}}}"


def unreadable_key(shard: str) -> str:
    """The stream of what of that could not be read, with the reason."""
    return f"y:u:{{{shard}}}"


def choices_key(subject: str) -> str:
    """The hash of what the subject chose."""
    return f"y:c:{_tag(subject)}{subject}"


def subject_of(key: str) -> str:
    """Whose key that is, for keys that end in their subject."""
    return key[-32:]


def inbox_key(subject: str) -> str:
    """The hash of the subject's reminders by id; each is also the claim that keeps its rung from going out twice.

    >>> inbox_key("a3" + 30 * "0")
    'y:i:{a}a3000000000000000000000000000000'
    """
    return f"y:i:{_tag(subject)}{subject}"


def mail_key(subject: str) -> str:
    """The hash of the subject's messages that wait to be sent, and of who is at them."""
    return f"y:m:{_tag(subject)}{subject}"


def outbox_key(shard: str) -> str:
    """The stream of the messages of a shard that are to be looked at now."""
    return f"y:o:{{{shard}}}"


def later_key(shard: str) -> str:
    """The sorted set of the messages of a shard that are to be looked at again, by when."""
    return f"y:l:{{{shard}}}"


def receipts_key(shard: str) -> str:
    """The stream of what channels said of the messages of a shard."""
    return f"y:e:{{{shard}}}"


def dead_key(shard: str) -> str:
    """The hash of what channels could not send, for an operator."""
    return f"y:d:{{{shard}}}"


def shard_of(subject: str) -> str:
    """The shard of all that is kept of a subject, the first digit of its pseudonym."""
    return subject[0]


def _tag(subject: str) -> str:
    return f"{{{shard_of(subject)}}}"


def drafts_key(subject: str) -> str:
    """The hash of the subject's half-filled forms by service."""
    return f"y:w:{_tag(subject)}{subject}"


def accesses_key(subject: str) -> str:
    """The list of the newest reads of the subject's file."""
    return f"y:a:{_tag(subject)}{subject}"


def own_keys(subject: str) -> tuple[str, ...]:
    """All keys that are the subject's alone, but for its mail and the markers of a day."""
    return choices_key(subject), inbox_key(subject), accesses_key(subject), drafts_key(subject)


def answering_key(process: str) -> str:
    """The sign that a process which notes reads is alive; it goes when the process says nothing for long."""
    return f"{ANSWERING}:{process}"


def once_keys(subject: str) -> str:
    """What all markers of the subject match."""
    return f"y:k:{_tag(subject)}{subject}:*"


def once_key(subject: str, key: str) -> str:
    """The marker that keeps a repeated request from counting twice."""
    return f"y:k:{_tag(subject)}{subject}:{key}"
