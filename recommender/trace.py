"""What of a subject a list was made from, as one compact record, and the trace that leads back to it.

A trace is a digest of the record, keyed by its owner's pseudonym: it names nobody and cannot be guessed, and whoever
brings it is known by their own pseudonym to be its owner, or not. No record holds a pseudonym.
"""

from datetime import date
from hashlib import blake2b

import msgspec

TRACE_BYTES = 16


class Record(msgspec.Struct, frozen=True, array_like=True):
    """One list's own inputs and what came of them, as columns of the basis.

    ``tags`` and ``allowed`` are bits, ``steps``, ``listed`` and ``waits`` 16-bit numbers: (service, event) pairs, what
    is listed, and what is not because it waits for an earlier step of an open bundle.
    """

    basis: bytes
    day: date
    tags: bytes
    allowed: bytes
    steps: bytes
    listed: bytes
    waits: bytes = b""


def encode(record: Record) -> bytes:
    """The record as bytes; equal records give equal bytes."""
    return msgspec.msgpack.encode(record)


def decode(row: bytes) -> Record:
    """What ``encode`` wrote; raises msgspec.ValidationError where it is no record."""
    return msgspec.msgpack.decode(row, type=Record)


def trace_of(subject: str, record: bytes) -> str:
    """The trace of a subject's encoded record: 32 hexadecimal digits.

    >>> trace_of("a3" * 16, b"record") == trace_of("a4" * 16, b"record")
    False
    """
    return blake2b(record, digest_size=TRACE_BYTES, key=bytes.fromhex(subject)).hexdigest()
