"""Where things lie in the serving store: a generation's name, its buckets and every key; it talks to no server.

One generation is one complete set of pages. Its name says all that a reader must know to find a page in it: the day,
how many bits of the pseudonym choose the bucket, and a digest of the content, so that the same content is the same
generation. A bucket is one hash of about a hundred pages, keyed by the raw pseudonym: far smaller than a key a page.
"""

from dataclasses import dataclass
from datetime import date

POINTER = "y:gen"  # the generation that readers see
STARTED = "y:gens"  # every generation with keys in the store, whole or torn
TRACED = "y:traced"  # the generations whose lists can be explained, in the order in which they came
FEEDBACK = "y:feedback"
UNREADABLE = "y:feedback:unreadable"  # what of it could not be read, with the reason
SHARDS = "0123456789abcdef"
ACCESSES = "y:access"  # reads that are not in the audit yet
ANSWERING = "y:access:by"  # the processes that note reads and have not said that they ended
AUDITED = "y:audit"  # the head of the audit's chain

PAGES_PER_BUCKET = 100
MOST_BITS = 24


@dataclass(frozen=True)
class Generation:
    """The name of one complete set of pages.

    >>> Generation(date(2026, 11, 22), 2, "5f1c").text
    '2026-11-22.2.5f1c'
    """

    day: date
    bits: int
    digest: str

    @property
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

    @property
    def about(self) -> str:
        """The key of the hash that says what the generation holds."""
        return f"y:g:{self.text}"

    @property
    def based_on(self) -> str:
        """The key of the set of bases that the generation's lists were made by."""
        return f"y:t:{self.text}"

    def bucket(self, subject: str) -> str:
        """The key of the bucket that holds the subject's page.

        >>> Generation(date(2026, 11, 22), 4, "5f1c").bucket("a3" + 30 * "0")
        'y:g:2026-11-22.4.5f1c:p:a'
        """
        return self._bucket(self._number(subject))

    def file_bucket(self, subject: str) -> str:
        """The key of the bucket that holds the subject's own file, which few requests read.

        >>> Generation(date(2026, 11, 22), 4, "5f1c").file_bucket("a3" + 30 * "0")
        'y:g:2026-11-22.4.5f1c:f:a'
        """
        return self._bucket(self._number(subject), "f")

    def buckets(self) -> list[str]:
        """The keys of all buckets of pages."""
        return [self._bucket(number) for number in range(1 << self.bits)]

    def traces(self, subject: str) -> str:
        """The key of the bucket that holds the records of the subject's lists, with those of others."""
        return f"{self.based_on}:{self._number(subject):x}"

    def trace_buckets(self) -> list[str]:
        """The keys of all buckets of records."""
        return [f"{self.based_on}:{number:x}" for number in range(1 << self.bits)]

    def file_buckets(self) -> list[str]:
        """The keys of all buckets of files."""
        return [self._bucket(number, "f") for number in range(1 << self.bits)]

    def _number(self, subject: str) -> int:
        return int(subject[:8], 16) >> (32 - self.bits)

    def _bucket(self, number: int, of: str = "p") -> str:
        return f"{self.about}:{of}:{number:x}"


def bits_for(pages: int) -> int:
    """How many bits spread that many pages over buckets of about a hundred.

    >>> [bits_for(pages) for pages in (0, 100, 101, 11_000, 10_000_000)]
    [0, 0, 1, 7, 17]
    """
    buckets = max(1, -(-pages // PAGES_PER_BUCKET))
    return min(MOST_BITS, (buckets - 1).bit_length())


def basis_key(basis: bytes) -> str:
    """The basis of that id."""
    return f"y:b:{basis.hex()}"


def choices_key(subject: str) -> str:
    """The hash of what the subject chose."""
    return f"y:c:{subject}"


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
    """The shard of a subject's messages, the first digit of its pseudonym.

    What must change in one step carries it in braces, so that a cluster keeps it in one place.
    """
    return subject[0]


def _tag(subject: str) -> str:
    return f"{{{shard_of(subject)}}}"


def accesses_key(subject: str) -> str:
    """The list of the newest reads of the subject's file."""
    return f"y:a:{subject}"


def answering_key(process: str) -> str:
    """The sign that a process which notes reads is alive; it goes when the process says nothing for long."""
    return f"y:access:by:{process}"


def once_keys(subject: str) -> str:
    """What all markers of the subject match."""
    return f"y:k:{subject}:*"


def once_key(subject: str, key: str) -> str:
    """The marker that keeps a repeated request from counting twice."""
    return f"y:k:{subject}:{key}"
