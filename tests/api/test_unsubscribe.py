"""One click ends a channel, without signing in and for its subject alone; opening the address ends nothing."""

from functools import partial

import pytest
import redis as client_of_redis
from starlette.testclient import TestClient

from profiles.identity.keys import seal
from recommender.choices import ADDRESS, Choices
from recommender.generation import choices_key
from recommender.store import FeedbackQueue
from recommender.unsubscribing import PATH, Ended, token
from tests.api.by_hand import MOTHER, RETIREE, Stage

BUTTON = "停止提醒"


@pytest.fixture
def address(stage: Stage, client: TestClient) -> str:
    """The path of the link under a letter to the mother, who gave two addresses."""
    given = {"addresses": {"email": "wang@mail.example", "portal": "https://hooks.example/7"}}
    assert client.patch("/v1/me/choices", headers=stage.bearer(), json=given).json() == {"counted": True}
    return f"{PATH}?token={token(partial(seal, stage.keys), Ended(stage.person(MOTHER), 'person', 'email'))}"


def kept(stage: Stage, number: str = MOTHER) -> Choices:
    with client_of_redis.Redis.from_url(stage.settings.store_url) as raw:
        return Choices.from_hash(raw.hgetall(choices_key(stage.person(number))))


def test_a_mail_program_ends_the_channel_by_one_post(client: TestClient, stage: Stage, address: str) -> None:
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    wishes = kept(stage).wishes
    assert (wishes.ended, wishes.addressed) == ({"email"}, {"email", "portal"})
    with FeedbackQueue(stage.settings.store_url) as queue:
        told = [(one.action, one.about, one.by) for one in queue.read()]
    assert told == [("delivery_chosen", "", "portal"), ("unsubscribed", "email", "unsubscribe")]


def test_opening_the_address_ends_nothing_and_its_button_does(client: TestClient, stage: Stage, address: str) -> None:
    page = client.get(address, headers={"Accept-Language": "zh"})
    assert (page.status_code, page.text.count('<button class="button primary">')) == (200, 1)
    assert BUTTON in page.text
    assert "电子邮件" in page.text
    assert kept(stage).wishes.ended == frozenset()
    hidden = page.text.partition('name="token" value="')[2].partition('"')[0]
    done = client.post(PATH, data={"token": hidden})
    assert (done.status_code, "已经停止" in done.text) == (200, True)
    assert kept(stage).wishes.ended == {"email"}


def test_doing_it_again_changes_nothing_and_a_new_address_takes_it_back(
    client: TestClient, stage: Stage, address: str
) -> None:
    for _ in range(2):
        assert client.post(address).status_code == 200
    with FeedbackQueue(stage.settings.store_url) as queue:
        assert len(queue.read()) == 2
    client.patch("/v1/me/choices", headers=stage.bearer(), json={"addresses": {"email": "new@mail.example"}})
    assert kept(stage).wishes.ended == frozenset()


def test_it_names_nobody_and_touches_nobody_else(client: TestClient, stage: Stage, address: str) -> None:
    assert stage.person(MOTHER) not in address
    client.post(address)
    assert kept(stage, RETIREE).wishes.ended == frozenset()
    other = f"{PATH}?token={token(partial(seal, stage.keys), Ended(stage.person(RETIREE), 'person', 'email'))}"
    assert client.post(other).status_code == 200
    assert kept(stage, RETIREE) == Choices()  # who gave no address is not kept anything of


@pytest.mark.parametrize("given", ["", "?token=", "?token=abc", "?token=" + "A" * 200, "?token=%F0%9F%92%A5"])
def test_without_a_good_token_nothing_is_ended(client: TestClient, stage: Stage, given: str) -> None:
    for method in ("GET", "POST"):
        answer = client.request(method, PATH + given, headers=stage.bearer())
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_a_person_with_a_stale_link_reads_what_to_do(client: TestClient, stage: Stage) -> None:
    for method in ("GET", "POST"):
        answer = client.request(method, f"{PATH}?token=abc", headers={"Accept": "text/html", "Accept-Language": "zh"})
        assert (answer.status_code, "这个链接已经失效" in answer.text, "12345" in answer.text) == (401, True, True)
    assert kept(stage) == Choices()


def test_a_calendars_key_ends_no_channel_and_a_token_opens_no_calendar(
    client: TestClient, stage: Stage, address: str
) -> None:
    key = client.post("/v1/me/calendar", headers=stage.bearer()).json()["address"].partition("key=")[2]
    assert client.post(f"{PATH}?token={key}").status_code == 401
    assert client.get(f"/v1/me/calendar.ics?key={address.partition('token=')[2]}").status_code == 401


def test_how_to_be_reminded_is_chosen_and_addresses_are_sealed(client: TestClient, stage: Stage, address: str) -> None:
    given = {"channels": ["portal", "email"], "quiet": "22:00-07:30"}
    client.patch("/v1/me/choices", headers=stage.bearer(), json=given)
    chosen = kept(stage)
    assert (chosen.wishes.channels, chosen.wishes.quiet and chosen.wishes.quiet.ends) == (("portal", "email"), "07:30")
    assert chosen.addresses["email"] == seal(stage.keys, stage.person(MOTHER), ADDRESS, "wang@mail.example")
    back = {"channels": [], "quiet": "", "addresses": {"email": ""}}
    client.patch("/v1/me/choices", headers=stage.bearer(), json=back)
    wishes = kept(stage).wishes
    assert (wishes.channels, wishes.quiet, wishes.addressed) == ((), None, {"portal"})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"channels": ["pigeon"]}, "channels"),
        ({"channels": ["email", "email"]}, "channels"),
        ({"addresses": {"pigeon": "x"}}, "addresses"),
        ({"addresses": {"inbox": "x"}}, "addresses"),
        ({"addresses": {"email": "wang@mail.example, all@mail.example"}}, "addresses.email"),
        ({"addresses": {"email": "a@b.example\r\nBcc: c@d.example"}}, "addresses.email"),
        ({"addresses": {"portal": "http://hooks.example/"}}, "addresses.portal"),
        ({"addresses": {"portal": "https://user:pw@hooks.example/"}}, "addresses.portal"),
        ({"addresses": {"wecom": "json://127.0.0.1/"}}, "addresses.wecom"),
        ({"quiet": "08:00-08:00"}, "quiet"),
    ],
)
def test_what_no_channel_could_use_is_refused_and_nothing_kept(
    client: TestClient, stage: Stage, given: dict[str, object], field: str
) -> None:
    answer = client.patch("/v1/me/choices", headers=stage.bearer(), json=given)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert kept(stage) == Choices()


def test_a_reminder_that_was_read_is_known_with_its_moment(client: TestClient, stage: Stage) -> None:
    called = "HKM_PERMIT.2026-12-21"
    client.patch(f"/v1/me/reminders/{called}", headers=stage.bearer(), json={"state": "read"})
    assert set(kept(stage).read_at) == {called}
