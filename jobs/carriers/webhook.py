"""Sends letters as signed webhooks (Standard Webhooks): webhook-id is the message's id, by which the receiver knows it.

Each receiver has secrets of its own; where two are listed both sign, so that the receiver can change over in between.
No redirect is followed, no proxy is asked, and nothing of an answer's body is read.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

import msgspec
import urllib3
from standardwebhooks import Webhook

from jobs.carriers import guard
from jobs.carriers.guard import Refused, Target
from jobs.carriers.parcel import Answer, Parcel

SECONDS = 10.0
_REFUSED_FOR_GOOD = frozenset({410, 413})
_BUSY = frozenset({429, 503})
_LONGEST_REST = 365 * 86_400  # what is longer is held to the policy's longest wait anyway


class Said(msgspec.Struct, frozen=True):
    """What a receiver is told of one rung: that it is there, and its day; what it is stands in the words."""

    rung: str
    due_on: str


class Data(msgspec.Struct, frozen=True):
    """The letter, as a receiver shows it."""

    message: str
    locale: str
    subject: str
    text: str
    short: str
    page: str
    unsubscribe: str
    templates: Sequence[str]
    items: Sequence[Said]


class Body(msgspec.Struct, frozen=True):
    """A webhook's body, as Standard Webhooks lays it out."""

    timestamp: str
    data: Data
    type: Literal["reminder.due"] = "reminder.due"


class Webhooks:
    """Sends to the receivers whose secrets it has: host -> ``whsec_...``, the newest first."""

    def __init__(self, secrets: Mapping[str, Sequence[str]], *, loopback: bool = False) -> None:
        self._signers = {host: tuple(Webhook(secret) for secret in kept) for host, kept in secrets.items()}
        self._loopback = loopback

    def carry(self, parcel: Parcel) -> Answer:
        """Try once."""
        try:
            target = guard.checked(parcel.address, self._signers, loopback=self._loopback)
        except Refused as refused:
            return Answer("failed", f"refused_{refused}")
        except OSError:
            return Answer("later", "unresolved")
        body = msgspec.json.encode(_body(parcel))
        try:
            status, after = self._post(target, body, self._headers(target, parcel, body))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Answer("later", type(error).__name__)
        return _answer(status, after, parcel.at)

    def rest(self) -> None:
        """Nothing was kept open."""

    def _headers(self, target: Target, parcel: Parcel, body: bytes) -> dict[str, str]:
        at = parcel.at.astimezone(UTC)
        signatures = [one.sign(parcel.id, at, body.decode()) for one in self._signers[target.host]]
        return {
            "Content-Type": "application/json",
            "Host": target.host if target.port in (80, 443) else f"{target.host}:{target.port}",
            "User-Agent": "yidang",
            "webhook-id": parcel.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def _post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """The answer's status and Retry-After, from the address that was checked, under the name that was asked for."""
        timeout = urllib3.Timeout(total=SECONDS)
        pool: urllib3.HTTPConnectionPool
        if target.tls:
            pool = urllib3.HTTPSConnectionPool(
                target.ip, target.port, timeout=timeout, server_hostname=target.host, assert_hostname=target.host
            )
        else:
            pool = urllib3.HTTPConnectionPool(target.ip, target.port, timeout=timeout)
        with pool:
            answer = pool.urlopen(
                "POST", target.path, body, headers, retries=False, redirect=False, preload_content=False
            )
            answer.close()
            return answer.status, answer.headers.get("Retry-After", "")


def _body(parcel: Parcel) -> Body:
    letter = parcel.letter
    items = [Said(rung, due_on.isoformat()) for rung, due_on in parcel.items]
    data = Data(
        message=parcel.id,
        locale=letter.locale,
        subject=letter.subject,
        text=letter.plain,
        short=letter.short,
        page=parcel.links.page,
        unsubscribe=parcel.links.unsubscribe,
        templates=letter.templates,
        items=items,
    )
    return Body(parcel.at.isoformat(), data)


def _answer(status: int, after: str, at: datetime) -> Answer:
    """Any 2xx says that the receiver has it; a redirect is not followed, and 410 says never again."""
    if 200 <= status < 300:
        return Answer("delivered")
    if 300 <= status < 400 or status in _REFUSED_FOR_GOOD:
        return Answer("failed", f"status_{status}")
    return Answer("later", f"status_{status}", asked_rest(after, at) if status in _BUSY else timedelta(0))


def asked_rest(after: str, at: datetime) -> timedelta:
    """How long Retry-After (RFC 9110) asks to wait, in seconds or until a date; nothing where it says neither.

    >>> at = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    >>> [str(asked_rest(text, at)) for text in ("120", "Sun, 22 Nov 2026 01:05:00 GMT", "soon", "")]
    ['0:02:00', '0:05:00', '0:00:00', '0:00:00']
    """
    if after.isascii() and after.isdigit():
        return timedelta(seconds=min(int(after), _LONGEST_REST))
    try:
        return max(parsedate_to_datetime(after) - at, timedelta(0))
    except (ValueError, TypeError):  # no date, or one without a zone
        return timedelta(0)
