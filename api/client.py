"""The API for a portal in Python: typed answers, refusals as exceptions, repeats that count once; it keeps no token.

Needs this package's ``client`` extra (httpx). ::

    with Client("https://yidang.example", token=lambda: session.access_token, locale="en") as yidang:
        for item in yidang.home().due:
            print(item.sentence)
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Self, TypeVar

import httpx
import msgspec

from api import schemas
from recommender.choices import ReminderState
from recommender.helping import Opinion, Reason

SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 10

Answer = TypeVar("Answer")


class Refused(Exception):
    """The API refused; ``problem`` says why, ``retry_after`` in how many seconds it may be asked again (or None)."""

    def __init__(self, problem: schemas.Problem, retry_after: int | None) -> None:
        super().__init__(f"{problem.status} {problem.title}: {problem.detail} (request {problem.request_id})")
        self.problem = problem
        self.retry_after = retry_after


class Client:
    """Calls on behalf of the resident whose token ``token`` gives at each call.

    Args:
        acting_for: a handle from ``home().mandates``, to act for that enterprise.
        repeats: how often a call is sent again where the service is away; writes carry a key, so they count once.
        http: an httpx client of your own, with proxies and certificates as you need them.
    """

    def __init__(
        self,
        address: str,
        token: Callable[[], str],
        *,
        acting_for: str = "",
        locale: str = "zh",
        repeats: int = 1,
        http: httpx.Client | None = None,
    ) -> None:
        self._address, self._token, self._repeats = address.rstrip("/"), token, repeats
        self._headers = {"Accept-Language": locale, **({"Acting-For": acting_for} if acting_for else {})}
        self._http = http or httpx.Client(timeout=SECONDS)
        self._known: dict[str, tuple[str, bytes]] = {}  # path -> (ETag, what it was of)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def home(self) -> schemas.Home:
        """What is due, offered, under way and held."""
        return self._read("/v1/me/home", schemas.Home)

    def documents(self) -> schemas.Documents:
        return self._read("/v1/me/documents", schemas.Documents)

    def bundles(self) -> schemas.Bundles:
        return self._read("/v1/me/bundles", schemas.Bundles)

    def vacancies(self) -> schemas.Vacancies:
        """Vacancies for whoever looks for work."""
        return self._read("/v1/me/vacancies", schemas.Vacancies)

    def outlook(self) -> schemas.Outlook:
        return self._read("/v1/me/outlook", schemas.Outlook)

    def reminders(self) -> schemas.Reminders:
        return self._read("/v1/me/reminders", schemas.Reminders)

    def file(self) -> schemas.File:
        """All that is held: facts, documents, links, events and applications, with their sources."""
        return self._read("/v1/me/file", schemas.File)

    def tags(self) -> schemas.Tags:
        """The tags of the file and why, with those that were deleted."""
        return self._read("/v1/me/tags", schemas.Tags)

    def prefill(self, service: str) -> schemas.Filled:
        """A service's form as far as the file fills it in."""
        return self._read(f"/v1/services/{service}/prefill", schemas.Filled)

    def access_log(self) -> tuple[schemas.Read, ...]:
        """Who read the file, the newest first."""
        return self._read("/v1/me/access-log", schemas.AccessLog).reads

    def export(self) -> schemas.Export:
        return self._read("/v1/me/export", schemas.Export)

    def service(self, service: str) -> schemas.Guide:
        return self._read(f"/v1/services/{service}", schemas.Guide)

    def suggestions(self, theme: str = "", *, explain: bool = False) -> Iterator[schemas.Suggestion]:
        """All suggestions, the best first, fetched part by part."""
        asked = {"theme": theme, "explain": "true" if explain else "false"}
        for part in self._parts("/v1/me/suggestions", asked, schemas.Suggestions):
            yield from part.suggestions

    def catalogue(self, audience: str = "", theme: str = "") -> Iterator[schemas.Card]:
        """All services in force, fetched part by part."""
        for part in self._parts("/v1/catalogue", {"audience": audience, "theme": theme}, schemas.Services):
            yield from part.services

    def feedback(self, service: str, action: str, stars: int | None = None) -> bool:
        """Say what became of a suggestion; whether that was new."""
        return self._write("POST", "/v1/me/feedback", {"service": service, "action": action, "stars": stars}).counted

    def stuck(self, service: str, reason: Reason, said: str | None = None) -> schemas.Receipt:
        """Say that a service could not be got done; the number of the case, and the day by which it is answered."""
        body = {"service": service, "action": "stuck", "reason": reason, "said": said}
        return self._write("POST", "/v1/me/feedback", body)

    def cases(self) -> tuple[schemas.HelpCase, ...]:
        """What was reported as not done or rated badly, and how far its answer has come."""
        return self._read("/v1/me/cases", schemas.HelpCases).cases

    def choices(self) -> schemas.Chosen:
        """What was chosen, and by which channels reminders come."""
        return self._read("/v1/me/choices", schemas.Chosen)

    def choose(self, *, personalised: bool | None = None, locale: str | None = None) -> bool:
        """Turn personalisation off or on, or choose a language; whether anything changed."""
        return self._write("PATCH", "/v1/me/choices", {"personalised": personalised, "locale": locale}).counted

    def be_reminded(
        self,
        *,
        channels: Sequence[str] | None = None,
        addresses: Mapping[str, str] | None = None,
        quiet: str | None = None,
    ) -> bool:
        """Choose by which channels reminders come, at which addresses, and when not; "" takes one back."""
        chosen = {"channels": channels, "addresses": addresses, "quiet": quiet}
        return self._write("PATCH", "/v1/me/choices", chosen).counted

    def delete_tag(self, tag: str) -> bool:
        """Let a tag order and explain nothing any more; whether it did until now."""
        return self._write("DELETE", f"/v1/me/tags/{tag}").counted

    def restore_tag(self, tag: str) -> bool:
        """Bring a deleted tag back; whether it was deleted."""
        return self._write("PUT", f"/v1/me/tags/{tag}").counted

    def erase(self) -> bool:
        """Have the whole file erased, which cannot be undone; whether that was not asked for before."""
        content = self._asked("DELETE", "/v1/me/file", headers={"Confirm": "erase", **_key()}).content
        return msgspec.json.decode(content, type=schemas.Receipt).counted

    def correct(self, about: str, said: str) -> bool:
        """Say what is wrong in the file, and what is right."""
        return self._write("POST", "/v1/me/corrections", {"about": about, "said": said}).counted

    def mark(self, reminder: str, state: ReminderState, until: date | None = None) -> bool:
        """Mark a reminder by its id; whether it was marked otherwise before."""
        body = {"state": state, "until": until.isoformat() if until else None}
        return self._write("PATCH", f"/v1/me/reminders/{reminder}", body).counted

    def opinion(self, kind: Opinion, said: str, service: str | None = None) -> schemas.Receipt:
        """Praise, complain or propose; the number of the case, and the day by which it is answered."""
        return self._write("POST", "/v1/opinions", {"kind": kind, "said": said, "service": service})

    def search(self, sentence: str, audience: str = "") -> schemas.Results:
        """Services and bundles that fit what somebody says they want."""
        asked = {"q": sentence, "audience": audience}
        return msgspec.json.decode(self._asked("GET", "/v1/search", params=asked).content, type=schemas.Results)

    def drafts(self) -> tuple[schemas.Draft, ...]:
        """The half-filled forms that are kept, the newest first."""
        return self._read("/v1/me/drafts", schemas.Drafts).drafts

    def keep_draft(self, service: str, fields: Mapping[str, str]) -> None:
        """Keep a form as it is now, in the place of what was kept of it before."""
        self._write("PUT", f"/v1/me/drafts/{service}", {"fields": dict(fields)})

    def drop_draft(self, service: str) -> bool:
        """Drop a form that was kept; whether there was one."""
        return self._write("DELETE", f"/v1/me/drafts/{service}").counted

    def open_calendar(self) -> str:
        """A private address for a calendar program; the one before stops working."""
        content = self._asked("POST", "/v1/me/calendar").content
        return self._address + msgspec.json.decode(content, type=schemas.Calendar).address

    def close_calendar(self) -> bool:
        """Revoke the calendar's address; whether there was one."""
        content = self._asked("DELETE", "/v1/me/calendar").content
        return msgspec.json.decode(content, type=schemas.Receipt).counted

    def _parts(self, path: str, asked: dict[str, str], shape: type[Answer]) -> Iterator[Answer]:
        cursor: str | None = ""
        while cursor is not None:
            content = self._asked("GET", path, params={**asked, "cursor": cursor}).content
            part = msgspec.json.decode(content, type=shape)
            yield part
            cursor = part.next  # type: ignore[attr-defined]

    def _read(self, path: str, shape: type[Answer]) -> Answer:
        """The answer, from what was read before where it has not changed since."""
        tag, known = self._known.get(path, ("", b""))
        answer = self._asked("GET", path, headers={"If-None-Match": tag} if tag else {})
        content = known if answer.status_code == httpx.codes.NOT_MODIFIED else answer.content
        self._known[path] = (answer.headers.get("etag", ""), content)
        return msgspec.json.decode(content, type=shape)

    def _write(self, method: str, path: str, body: Mapping[str, object] | None = None) -> schemas.Receipt:
        content = self._asked(method, path, json=dict(body) if body else None, headers=_key()).content
        return msgspec.json.decode(content, type=schemas.Receipt)

    def _asked(self, method: str, path: str, headers: dict[str, str] | None = None, **content: Any) -> httpx.Response:
        """The answer; raises Refused, or httpx.TransportError where nothing answers."""
        for left in range(self._repeats, -1, -1):
            sent = {**self._headers, "Authorization": f"Bearer {self._token()}", **(headers or {})}
            answer = self._http.request(method, self._address + path, headers=sent, **content)
            if answer.is_success or answer.status_code == httpx.codes.NOT_MODIFIED:
                return answer
            refused = _refused(answer)
            if not left or answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(min(refused.retry_after or 0, LONGEST_PAUSE_SECONDS))
        raise refused


def _key() -> dict[str, str]:
    return {"Idempotency-Key": f'"{uuid.uuid4()}"'}


def _refused(answer: httpx.Response) -> Refused:
    try:
        problem = msgspec.json.decode(answer.content, type=schemas.Problem)
    except msgspec.DecodeError:
        # Something between us and the API answered.
        problem = schemas.Problem("about:blank", answer.reason_phrase, answer.status_code, "", "")
    after = answer.headers.get("retry-after", "")
    return Refused(problem, int(after) if after.isdigit() else None)
