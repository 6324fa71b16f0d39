from datetime import date

import pytest
from msgspec.structs import replace

from recommender.catalogue import Catalogue, Text
from recommender.delivery import templates as words
from recommender.delivery.check import message_problems, rung_of
from recommender.delivery.letter import Letter, Links, kind_of, written
from recommender.delivery.templates import Templates
from recommender.reminders import Rung
from tests.recommender.delivery.by_hand import CATALOGUE, CHECK, PERMIT

TEMPLATES = words.load()
LINKS = Links("https://portal.example/", "https://portal.example/v1/unsubscribe?token=t")
TODAY = date(2026, 11, 23)
DISABILITY = rung_of("document", "DISABILITY_CARD", date(2026, 12, 23), "disability_card")


def letter(*rungs: Rung, locale: str = "zh", today: date = TODAY) -> Letter:
    return written(rungs, "person", locale, today, LINKS, CATALOGUE, TEMPLATES)


def test_a_letter_says_what_by_when_how_and_whom_to_ask() -> None:
    found = letter(PERMIT)
    assert found.subject == "您的往来港澳通行证还有30天到期"
    assert found.plain == (
        "您好！\n\n"
        "您的往来港澳通行证有效期到2026年12月23日，还有30天到期。\n"
        "网上办理：打开 https://portal.example/，点“往来港澳通行证换发”，大约5分钟。"
        "也可以到出入境管理局受理大厅办理（周一至周六 9:00–17:00）。\n"
        "咨询电话：021-0000-1200（市公安局出入境管理局）\n\n"
        "已经办好了？不用理会这条提醒。\n"
        "不想再从这里收到提醒：https://portal.example/v1/unsubscribe?token=t"
    )
    assert found.short == "您的往来港澳通行证还有30天到期，请及时办理。咨询021-0000-1200"
    assert found.templates == ("letter@1", "document@1")


@pytest.mark.parametrize(
    ("today", "subject"),
    [
        (date(2026, 12, 22), "Your permit to Hong Kong and Macau expires tomorrow"),
        (date(2026, 12, 23), "Your permit to Hong Kong and Macau expires today"),
        (date(2026, 12, 24), "Your permit to Hong Kong and Macau expired yesterday"),
        (date(2027, 1, 2), "Your permit to Hong Kong and Macau expired 10 days ago"),
    ],
)
def test_days_are_counted_from_the_day_on_which_it_is_sent(today: date, subject: str) -> None:
    assert letter(PERMIT, locale="en", today=today).subject == subject


def test_several_things_are_one_letter_whose_subject_is_the_most_urgent() -> None:
    found = letter(CHECK, PERMIT)
    assert found.subject == "您的养老金领取资格年度认证今天截止，另有1件事"
    assert found.plain.index("养老金") < found.plain.index("往来港澳通行证")
    assert found.templates == ("letter@1", "duty@1", "document@1")


def test_a_disability_card_is_not_named_nor_is_the_office_that_issues_it() -> None:
    for locale in ("zh", "en"):
        found = letter(DISABILITY, locale=locale)
        said = f"{found.subject}{found.plain}{found.html}{found.short}"
        assert found.templates == ("letter@1", "private@1")
        assert not [word for word in ("残", "disab", "Disab", "DISAB") if word in said]
        assert "12345" in found.plain


def test_a_window_speaks_of_its_opening_and_then_of_its_closing() -> None:
    opens, closes = date(2026, 12, 1), date(2026, 12, 20)
    opening = rung_of("window", "senior_card", opens, "senior_card", closes_on=closes)
    closing = rung_of("window", "senior_card", closes, "senior_card")
    assert [kind_of(one, "person", CATALOGUE, TEMPLATES) for one in (opening, closing)] == ["opening", "closing"]


def test_what_is_filled_in_is_escaped_in_html_alone() -> None:
    named = replace(CATALOGUE.document("HKM_PERMIT"), name=Text(zh="<b>证</b>", en="a & b"))
    catalogue = replace(CATALOGUE, documents={**CATALOGUE.documents, "HKM_PERMIT": named})
    found = written([PERMIT], "person", "zh", TODAY, LINKS, catalogue, TEMPLATES)
    assert "&lt;b&gt;证&lt;/b&gt;" in found.html
    assert "<b>证</b>" not in found.html
    assert "<b>证</b>" in found.plain


def document(**changes: Text) -> Templates:
    return replace(TEMPLATES, kinds={**TEMPLATES.kinds, "document": replace(TEMPLATES.kinds["document"], **changes)})


@pytest.mark.parametrize(
    ("templates", "said"),
    [
        (document(short=Text(zh="{number}", en="x")), "messages/kinds.yaml, document, short, zh: nothing fills number"),
        (
            document(short=Text(zh="{name.__class__}", en="x")),
            "messages/kinds.yaml, document, short, zh: nothing fills",
        ),
        (document(short=Text(zh="{name", en="x")), "messages/kinds.yaml, document, short, zh: its braces do not match"),
        (document(subject=Text(zh="证", en="证")), "messages/kinds.yaml, document, subject: it is written once in"),
        (document(subject=Text(zh="证" * 61, en="x")), "the message of BUSINESS_LICENCE in zh: its subject has 61"),
        (document(short=Text(zh="低保", en="x")), "the message of ID_CARD in zh: it says 低保"),
        (replace(TEMPLATES, kinds={}), "messages/kinds.yaml: there is one template each of document, duty"),
        (
            replace(TEMPLATES, frame=replace(TEMPLATES.frame, plain=Text(zh="{items}", en="{items}"))),
            "messages/letter.yaml, plain, zh: it must hold {items} and {unsubscribe}",
        ),
    ],
)
def test_a_planted_fault_of_the_words_is_named(templates: Templates, said: str) -> None:
    assert next(message_problems(CATALOGUE, templates)).startswith(said)


def test_a_document_whose_name_would_tell_too_much_must_be_marked() -> None:
    from profiles.model import KINDS
    from recommender.check import problems
    from tagging import registry

    bare = replace(CATALOGUE.document("DISABILITY_CARD"), private=False)
    catalogue: Catalogue = replace(CATALOGUE, documents={**CATALOGUE.documents, "DISABILITY_CARD": bare})
    rules = {kind: registry.load().rules(kind) for kind in KINDS}
    assert [fault for fault in problems(catalogue, rules) if "private" in fault] == [
        "document DISABILITY_CARD: its name says 残疾, which no message may: mark it private: true"
    ]
