from collections.abc import Iterator

import pytest

from jobs.carriers.mail import Mail
from jobs.carriers.parcel import Answer
from profiles.errors import SettingsError
from tests.jobs.carriers.by_hand import Postbox, parcel, postbox

FROM = "reminders@city.example"


@pytest.fixture
def box() -> Iterator[tuple[Postbox, str]]:
    with postbox() as opened:
        yield opened


def test_a_letter_carries_its_id_both_forms_and_one_click_to_end_it(box: tuple[Postbox, str]) -> None:
    assert Mail(box[1], FROM).carry(parcel("wang@mail.example")) == Answer("sent")
    [(to, letter)] = box[0].got
    assert to == letter["To"] == "wang@mail.example"
    assert letter["Message-ID"] == f"<{'0f' * 16}@city.example>"
    assert letter["Subject"] == "您的往来港澳通行证还有30天到期"
    assert letter["List-Unsubscribe"] == "<https://portal.example/v1/unsubscribe?token=abc>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = letter.get_payload()
    assert (plain.get_content_type(), plain.get_content()) == ("text/plain", "您好！\r\n正文\r\n")
    assert (html.get_content_type(), html.get_content()) == ("text/html", "<p>您好！</p>\r\n")


@pytest.mark.parametrize(
    ("refusal", "answer"),
    [
        ("550 no such user", Answer("failed", "smtp_550")),
        ("450 try again", Answer("later", "smtp_450")),
    ],
)
def test_a_code_of_the_500s_is_for_good(box: tuple[Postbox, str], refusal: str, answer: Answer) -> None:
    box[0].refuses = refusal
    assert Mail(box[1], FROM).carry(parcel("wang@mail.example")) == answer
    assert box[0].got == []


@pytest.mark.parametrize("address", ["wang@mail.example\r\nBcc: all@mail.example", "a@b.example, c@d.example", "", "@"])
def test_an_address_that_is_more_than_one_or_none_is_refused(box: tuple[Postbox, str], address: str) -> None:
    assert Mail(box[1], FROM).carry(parcel(address)) == Answer("failed", "malformed_address")
    assert box[0].got == []


def test_the_letters_of_a_round_go_by_one_connection_and_the_next_round_by_another(box: tuple[Postbox, str]) -> None:
    mail = Mail(box[1], FROM)
    for _ in range(3):
        assert mail.carry(parcel("wang@mail.example")) == Answer("sent")
    mail.rest()
    assert mail.carry(parcel("wang@mail.example")) == Answer("sent")
    mail.rest()
    assert (len(box[0].got), len(box[0].connections)) == (4, 2)


def test_a_refused_letter_leaves_the_connection_to_the_next(box: tuple[Postbox, str]) -> None:
    mail = Mail(box[1], FROM)
    mail.carry(parcel("wang@mail.example"))
    box[0].refuses = "550 no such user"
    assert mail.carry(parcel("nobody@mail.example")) == Answer("failed", "smtp_550")
    box[0].refuses = ""
    assert mail.carry(parcel("li@mail.example")) == Answer("sent")
    mail.rest()
    assert (len(box[0].got), len(box[0].connections)) == (2, 1)


def test_a_connection_that_the_server_ended_is_opened_anew() -> None:
    with postbox() as (_, url):
        mail = Mail(url, FROM)
        assert mail.carry(parcel("wang@mail.example")) == Answer("sent")
    assert mail.carry(parcel("wang@mail.example")).status == "later"
    with postbox() as (box, other):
        mail._port = int(other.rpartition(":")[2])  # where the server comes back
        assert mail.carry(parcel("wang@mail.example")) == Answer("sent")
        mail.rest()
        assert len(box.got) == 1


def test_no_server_is_tried_again_later() -> None:
    assert Mail("smtp://127.0.0.1:9", FROM).carry(parcel("wang@mail.example")).status == "later"


@pytest.mark.parametrize(("url", "sender"), [("http://x", FROM), ("smtp://", FROM), ("smtp://host", "nobody")])
def test_a_malformed_setting_is_named(url: str, sender: str) -> None:
    with pytest.raises(SettingsError, match="YIDANG_SMTP_URL"):
        Mail(url, sender)
