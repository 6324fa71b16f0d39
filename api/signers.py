"""The public keys of whoever signs tokens: read from a file or fetched from the one address that is set.

Nothing that a token says leads to a fetch from anywhere else: ``jku``, ``x5u`` and redirects are never followed. A file
is read again when it changes; keys from an address are kept, and fetched anew once they are old or a token names a key
that is not among them, but no more often than every ten seconds.
"""

import asyncio
import json
import logging
import time
import urllib.request
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.problems import KEYS_AWAY, Refusal
from profiles.errors import SettingsError

logger = logging.getLogger("yidang.api")

FRESH_SECONDS = 600.0
PAUSE_SECONDS = 10.0  # between two fetches, whatever tokens ask for
FETCH_SECONDS = 2.0
MOST_BYTES = 64 * 1024
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SignersFile:
    """Keys in a JWKS file (RFC 7517)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp = 0
        self._keys = self._read()

    async def holding(self, kid: str) -> KeySet:  # noqa: ARG002 - a file has all there are
        """The keys as the file has them now."""
        try:
            changed = self._file.stat().st_mtime_ns != self._stamp
        except OSError:
            return self._keys  # the file is being replaced; the next request looks again
        if changed:
            self._keys = self._read()
        return self._keys

    def _read(self) -> KeySet:
        try:
            stamp = self._file.stat().st_mtime_ns
            keys = parsed(self._file.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
            raise SettingsError(
                f"YIDANG_TOKEN_JWKS ({self._file}) is not a JWKS file of public keys ({type(error).__name__}): "
                'write {"keys": [...]} with public keys alone.'
            ) from None
        self._stamp = stamp
        return keys


class SignersAddress:
    """Keys behind an https address (plain http on this machine alone).

    Raises:
        SettingsError: the address is of another kind.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise SettingsError(f"YIDANG_TOKEN_JWKS_URL must be an https address; it begins with {parts.scheme!r}.")
        self._url = url
        self._keys: KeySet | None = None
        self._fetched = self._tried = float("-inf")
        self._turn = asyncio.Lock()

    async def holding(self, kid: str) -> KeySet:
        """The keys, fetched anew where they are old or lack ``kid``; old keys where the address does not answer.

        Raises:
            Refusal: no keys were ever fetched, and none can be now.
        """
        if self._stale(kid):
            async with self._turn:
                if self._stale(kid):
                    await self._fetch()
        if self._keys is None:
            raise Refusal(KEYS_AWAY)
        return self._keys

    def _stale(self, kid: str) -> bool:
        now = time.monotonic()
        if now - self._tried < PAUSE_SECONDS:
            return False
        return self._keys is None or now - self._fetched > FRESH_SECONDS or kid not in kids(self._keys)

    async def _fetch(self) -> None:
        self._tried = time.monotonic()
        try:
            self._keys = parsed(await asyncio.to_thread(_body, self._url))
            self._fetched = self._tried
        except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
            logger.error("the signing keys at YIDANG_TOKEN_JWKS_URL could not be fetched: %s", type(error).__name__)


def parsed(content: bytes) -> KeySet:
    """The public keys of a JWKS document; raises ValueError where a private or shared key is among them."""
    keys: list[dict[str, Any]] = json.loads(content)["keys"]
    if any("d" in key or "k" in key for key in keys):
        raise ValueError("it holds a private or shared key")
    return KeySet.import_key_set({"keys": keys})


def kids(keys: KeySet) -> Collection[str | None]:
    """The names of the keys."""
    return {key.kid for key in keys}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """A redirect is an error: the keys are where the setting says or nowhere."""


_opener = urllib.request.build_opener(_NoRedirects)


def _body(url: str) -> bytes:
    with _opener.open(url, timeout=FETCH_SECONDS) as answer:
        content: bytes = answer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"the key set is longer than {MOST_BYTES} bytes")
    return content
