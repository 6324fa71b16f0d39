import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from jobs.carriers import guard
from jobs.carriers.parcel import Answer
from jobs.carriers.webhook import Webhooks
from tests.jobs.carriers.by_hand import OLDER, SECRET, Receiver, parcel, receiver


@pytest.fixture
def portal() -> Iterator[Receiver]:
    with receiver() as kept:
        yield kept


def sender(*secrets: str, loopback: bool = True) -> Webhooks:
    return Webhooks({"127.0.0.1": secrets or (SECRET,)}, loopback=loopback)


def test_a_webhook_verifies_with_the_standard_library_and_carries_the_messages_id(portal: Receiver) -> None:
    assert sender().carry(parcel(portal.url)) == Answer("delivered")
    [(headers, body)] = portal.got
    told = Webhook(SECRET).verify(body, headers)
    assert headers["webhook-id"] == told["data"]["message"] == "0f" * 16
    assert headers[":path"] == "/hooks/7?a=b"
    assert (told["type"], told["data"]["items"]) == ("reminder.due", [{"rung": "1e" * 16, "due_on": "2026-12-23"}])
    assert told["data"]["unsubscribe"] == "https://portal.example/v1/unsubscribe?token=abc"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


def test_while_keys_are_rotated_both_sign_and_a_stranger_is_none(portal: Receiver) -> None:
    sender(SECRET, OLDER).carry(parcel(portal.url))
    [(headers, body)] = portal.got
    for secret in (SECRET, OLDER):
        assert Webhook(secret).verify(body, headers)["type"] == "reminder.due"
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "c3RyYW5n" * 4).verify(body, headers)


def test_a_webhook_of_yesterday_is_known_as_such(portal: Receiver) -> None:
    sender().carry(parcel(portal.url, datetime.now(UTC) - timedelta(days=1)))
    [(headers, body)] = portal.got
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(SECRET).verify(body, headers)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, Answer("delivered")),
        (301, Answer("failed", "status_301")),
        (307, Answer("failed", "status_307")),
        (400, Answer("later", "status_400")),
        (410, Answer("failed", "status_410")),
        (429, Answer("later", "status_429")),
        (503, Answer("later", "status_503")),
    ],
)
def test_what_an_answer_means(portal: Receiver, status: int, answer: Answer) -> None:
    portal.status, portal.location = status, portal.url + "&again"
    assert sender().carry(parcel(portal.url)) == answer
    assert len(portal.got) == 1  # no redirect is followed


@pytest.mark.parametrize(
    ("status", "after", "rest"),
    [(429, "90", 90), (503, "Sun, 22 Nov 2026 01:05:00 GMT", 300), (503, "soon", 0), (500, "90", 0)],
)
def test_a_receiver_that_is_busy_says_how_long_to_leave_it_alone(
    portal: Receiver, status: int, after: str, rest: int
) -> None:
    portal.status, portal.retry_after = status, after
    answer = sender().carry(parcel(portal.url, datetime(2026, 11, 22, 1, 0, tzinfo=UTC)))
    assert answer == Answer("later", f"status_{status}", timedelta(seconds=rest))


def test_what_is_refused_is_not_called_and_says_why_without_the_address(portal: Receiver) -> None:
    assert sender(loopback=False).carry(parcel(portal.url)) == Answer("failed", "refused_not_https")
    assert sender().carry(parcel("https://elsewhere.example/")) == Answer("failed", "refused_unknown_receiver")
    assert portal.got == []


def test_a_name_is_resolved_once_and_the_answer_is_what_is_called(
    portal: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that turns to another address after the check leads nowhere else: it is never asked again."""
    asked: list[str] = []

    def resolving(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(0, 0, 0, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port))]

    monkeypatch.setattr(guard.socket, "getaddrinfo", resolving)
    named = f"http://rebinding.example:{portal.port}/"
    assert guard.checked(named, {"rebinding.example"}, loopback=True).ip == "127.0.0.1"
    assert asked == ["rebinding.example"]


def test_nobody_there_is_tried_again_later() -> None:
    assert sender().carry(parcel("http://127.0.0.1:9/")).status == "later"


def test_the_body_names_the_letter_and_no_address(portal: Receiver) -> None:
    sender().carry(parcel(portal.url))
    assert sorted(json.loads(portal.got[0][1])["data"]) == [
        "items", "locale", "message", "page", "short", "subject", "templates", "text", "unsubscribe",
    ]  # fmt: skip
