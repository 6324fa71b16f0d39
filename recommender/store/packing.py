"""Packs pages with what the pages of their generation have in common, and unpacks them; it looks into none.

Pages name the same services, tags, clauses and departments again and again, too few times in one page for an ordinary
compression to gain much. The words of a generation are a Zstandard dictionary trained on some of its pages and kept
beside them, written before the first page is; a page that was not packed is left as it is. So it is with files, which
have words of their own.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from operator import attrgetter
from typing import cast

import zstandard
from redis import Redis

from profiles.errors import StoreUnavailable
from recommender.generation import Generation

LEARNT_FROM = 4_000  # pages; below FEWEST there is little in common, and the store is small anyway
FEWEST = 500
WORDS_BYTES = 112 * 1024
LEVEL = 3
_PACKED = zstandard.FRAME_HEADER


class Packing:
    """The packing of one generation by its words; with no words pages stay as they are."""

    def __init__(self, words: bytes = b"") -> None:
        self.words = words
        if words:
            known = zstandard.ZstdCompressionDict(words)
            known.precompute_compress(level=LEVEL)
            self._compressor = zstandard.ZstdCompressor(dict_data=known, write_checksum=False)
            self._decompressor = zstandard.ZstdDecompressor(dict_data=known)

    def pack(self, page: bytes) -> bytes:
        """The page in fewer bytes."""
        return self._compressor.compress(page) if self.words else page

    def unpack(self, row: bytes) -> bytes:
        """The page that ``pack`` was given.

        Raises:
            StoreUnavailable: it was packed with other words, as after the store was emptied and filled again.
        """
        if not row.startswith(_PACKED):
            return row
        try:
            if self.words:
                return self._decompressor.decompress(row)
        except zstandard.ZstdError:
            pass
        raise StoreUnavailable("A page was packed with other words than are known of its generation: ask once more.")


class Packings:
    """The packing of whichever generation was asked for last; ``words`` says under which key its words are."""

    def __init__(self, client: Redis, words: Callable[[Generation], str] = attrgetter("words")) -> None:
        self._client, self._words = client, words
        self._last: tuple[str, Packing] | None = None

    def of(self, generation: Generation) -> Packing:
        """The packing that the generation's pages were written with."""
        if self._last is None or self._last[0] != generation.text:
            stored = cast("bytes | None", self._client.get(self._words(generation)))
            self._last = (generation.text, Packing(stored or b""))
        return self._last[1]

    def settle(self, generation: Generation, words: bytes) -> Packing:
        """The packing to write a generation with: by these words, unless a publishing that broke off had others."""
        if words:
            self._client.set(self._words(generation), words, nx=True)
        return self.anew(generation)

    def anew(self, generation: Generation) -> Packing:
        """As ``of``, whatever was known before: to write by."""
        self._last = None
        return self.of(generation)

    def unpack(self, generation: Generation, row: bytes) -> bytes:
        """A page of the generation; raises as ``Packing.unpack``, and knows better the next time."""
        try:
            return self.of(generation).unpack(row)
        except StoreUnavailable:
            self._last = None
            raise


def learnt(rows: Iterable[tuple[str, bytes]]) -> tuple[bytes, Iterator[tuple[str, bytes]]]:
    """The words of the first of these pages, none where they are few or have nothing in common; and all pages again.

    The first of a table are as good as any: pseudonyms are in no order of what stands in the pages.
    """
    left = iter(rows)
    first = list(islice(left, LEARNT_FROM))
    return _words([page for _, page in first]), chain(first, left)


def _words(pages: list[bytes]) -> bytes:
    if len(pages) < FEWEST:
        return b""
    try:
        return zstandard.train_dictionary(WORDS_BYTES, [*pages], level=LEVEL).as_bytes()
    except zstandard.ZstdError:
        return b""
