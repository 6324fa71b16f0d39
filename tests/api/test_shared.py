"""What residents pass on of a service, what they can do with it, and how they rate it, on its guide."""

import pytest
import segno
from starlette.testclient import TestClient

from recommender.store import FeedbackQueue
from tests.api.by_hand import Stage

GUIDE = "/services/hkm_permit_renewal"


def test_every_card_leads_to_a_code_of_its_guides_address(client: TestClient) -> None:
    card = client.get("/v1/services/hkm_permit_renewal").json()["card"]
    assert (card["guide"], card["qr"]) == (GUIDE, f"{GUIDE}/qr.svg")
    assert card["appointment_url"].startswith("https://")
    drawn = client.get(card["qr"])
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    told = segno.make(f"http://testserver{GUIDE}", error="m", micro=False)
    path = told.svg_inline(scale=4, border=4, light="#fff").partition("<g")[2].partition("</g>")[0]
    assert path in drawn.text
    assert client.get("/services/moon_visa/qr.svg").status_code == 404


def test_the_address_to_pass_on_is_there_for_everyone_and_names_nobody(client: TestClient, visitor: TestClient) -> None:
    page = visitor.get(GUIDE).text
    assert f"http://testserver{GUIDE}<" in page
    assert "链接和二维码中没有您的个人信息。" in page


def test_a_guide_names_the_five_things_that_can_be_done(visitor: TestClient) -> None:
    page = visitor.get(GUIDE).text
    for said in (
        "网上预约窗口",
        "可网上申请，也可到窗口申请",
        "在主页“正在办理”查看进度",
        "撤回申请请联系",
        "非常满意",
    ):
        assert said in page


def test_five_are_named_to_who_is_not_signed_in_too(client: TestClient) -> None:
    page = client.get(GUIDE, headers={"Accept-Language": "en"}).text
    for said in ("Book a visit", "Apply", "Follow", "Withdraw", "Sign in to rate it"):
        assert said in page
    assert "<form" not in page.partition("What you can do")[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("stars", "to", "said"), [(4, GUIDE, "已收到您对“"), (2, "/cases", "已受理，编号和进度见下方。")]
)
def test_a_rating_is_counted_and_a_bad_one_opens_a_case(
    visitor: TestClient, stage: Stage, stars: int, to: str, said: str
) -> None:
    answer = visitor.post("/ratings", data={"service": "hkm_permit_renewal", "stars": str(stars)})
    assert (answer.status_code, answer.headers["location"]) == (303, to)
    assert said in visitor.get(to).text
    with FeedbackQueue(stage.settings.store_url) as queue:
        assert [(one.action, one.stars) for one in queue.read() if one.action == "rated"] == [("rated", stars)]


@pytest.mark.parametrize("form", [{"service": "hkm_permit_renewal"}, {"service": "hkm_permit_renewal", "stars": "6"}])
def test_a_rating_without_stars_counts_nothing(visitor: TestClient, stage: Stage, form: dict[str, str]) -> None:
    assert visitor.post("/ratings", data=form).status_code == 422
    with FeedbackQueue(stage.settings.store_url) as queue:
        assert queue.read() == []


def test_an_opinion_is_taken_on_the_page_and_followed_there(visitor: TestClient) -> None:
    answer = visitor.post("/opinions", data={"kind": "idea", "said": "能不能把字再放大一些？"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    page = visitor.get("/cases").text
    assert "意见已收到，编号和答复时间见下方。" in page
    assert "对本平台的意见" in page
    assert "2026年11月23日前答复" in page
    assert visitor.post("/opinions", data={"kind": "idea", "said": " "}).status_code == 422
