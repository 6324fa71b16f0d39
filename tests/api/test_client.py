"""The Python client against the API: typed answers, refusals, repeats that count once, and nothing read twice."""

from datetime import date

import httpx
import pytest
from starlette.testclient import TestClient

from api import client as ours
from api.client import Client, Refused
from api.schemas import Home
from recommender.store import FeedbackQueue
from tests.api.by_hand import CAFE_CODE, MOTHER, OTHER_CODE, POPULAR, Stage


@pytest.fixture
def yidang(client: TestClient, stage: Stage) -> Client:
    return Client("http://testserver", lambda: stage.token(), locale="en", http=client)


def test_what_is_read_is_typed_and_walks_all_parts(yidang: Client) -> None:
    home = yidang.home()
    assert isinstance(home, Home)
    assert [(item.what, item.days_left) for item in home.due] == [("HKM_PERMIT", 29)]
    assert list(yidang.suggestions(explain=True)) == list(home.suggestions)
    assert yidang.documents().documents == home.documents
    assert yidang.bundles().bundles == home.bundles
    assert yidang.outlook().changes == home.ahead
    assert yidang.export().home == home
    assert [one.about for one in yidang.file().facts] == [
        "fact:name",
        "fact:sex",
        "fact:hukou_division",
        "fact:address",
    ]
    assert [one.id for one in yidang.tags().tags] == ["just_moved", "local_resident", "new_parent"]
    assert "Telephone" in yidang.prefill("hkm_permit_renewal").ask
    assert yidang.service("senior_card").card.service == "senior_card"
    assert len(list(yidang.catalogue("enterprise"))) > 20


def test_what_is_written_counts(yidang: Client, stage: Stage) -> None:
    assert yidang.feedback("newborn_hukou", "dismissed") is True
    assert yidang.feedback("newborn_hukou", "dismissed") is False
    assert yidang.choose(personalised=False)
    assert [one.card.service for one in yidang.home().suggestions] == POPULAR["person"]
    assert yidang.correct("fact:sex", "I am not a man.")
    assert yidang.mark(yidang.reminders().reminders[0].id, "snoozed", date(2026, 12, 1))
    assert yidang.home().due == ()
    assert yidang.opinion("praise", "Quick.").answer_by == date(2026, 11, 23)
    yidang.keep_draft("hkm_permit_renewal", {"telephone": "021"})
    assert [one.fields for one in yidang.drafts()] == [{"telephone": "021"}]
    assert [yidang.drop_draft("hkm_permit_renewal"), yidang.drop_draft("hkm_permit_renewal")] == [True, False]
    assert [yidang.delete_tag("new_parent"), yidang.restore_tag("new_parent")] == [True, True]
    assert yidang.open_calendar().startswith("http://testserver/v1/me/calendar.ics?key=")
    assert yidang.close_calendar() is True
    assert "the whole file" not in [one.what for one in yidang.access_log()]
    assert [yidang.erase(), yidang.erase()] == [True, False]
    assert yidang.file().known is False


def test_an_enterprise_is_acted_for(client: TestClient, stage: Stage) -> None:
    acting = Client("http://testserver", stage.token, acting_for=stage.handle(MOTHER, CAFE_CODE), http=client)
    assert acting.home().kind == "enterprise"
    other = Client("http://testserver", stage.token, acting_for=stage.handle(MOTHER, OTHER_CODE), http=client)
    with pytest.raises(Refused, match="403 没有代办授权") as refused:
        other.home()
    assert refused.value.problem.type == "urn:yidang:problem:no-mandate"


def test_an_unchanged_home_is_not_sent_again(stage: Stage, client: TestClient) -> None:
    statuses: list[int] = []
    client.event_hooks["response"].append(lambda answer: statuses.append(answer.status_code))
    yidang = Client("http://testserver", stage.token, http=client)
    assert yidang.home() == yidang.home()
    assert statuses == [200, 304]


def test_a_write_whose_answer_was_lost_is_sent_again_and_counts_once(
    client: TestClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []
    monkeypatch.setattr(ours.time, "sleep", paused.append)

    def lossy(request: httpx.Request) -> httpx.Response:
        answer = client.request(
            request.method, str(request.url), headers=dict(request.headers), content=request.content
        )
        sent.append(answer.status_code)
        if len(sent) == 1:
            return httpx.Response(503, headers={"Retry-After": "2"}, text="the balancer lost it")
        return httpx.Response(answer.status_code, content=answer.content)

    sent: list[int] = []
    with Client("http://testserver", stage.token, http=httpx.Client(transport=httpx.MockTransport(lossy))) as yidang:
        assert yidang.feedback("newborn_hukou", "opened") is True
    assert (sent, paused) == ([200, 200], [2])
    with FeedbackQueue(stage.settings.store_url) as queue:
        assert len(queue.read()) == 1


def test_a_service_that_stays_away_is_a_refusal_with_a_time(stage: Stage) -> None:
    def away(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers={"Retry-After": "0"})

    http = httpx.Client(transport=httpx.MockTransport(away))
    with Client("http://testserver", stage.token, http=http) as yidang, pytest.raises(Refused) as refused:
        yidang.home()
    assert (refused.value.problem.status, refused.value.retry_after) == (503, 0)
