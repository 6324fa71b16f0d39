"""An example of every answer, for the OpenAPI description; of nobody, and checked against the shapes by their types."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType

import msgspec

from api import schemas

TODAY, AS_OF, DUE_ON = date(2026, 11, 22), date(2026, 11, 20), date(2026, 12, 21)

CARD = schemas.Card(
    service="hkm_permit_renewal",
    name="Renewal of the permit to Hong Kong and Macau",
    description="A new permit before the old one runs out.",
    authority="Public Security Bureau",
    minutes=5,
    steps=2,
    trips=1,
    processing_days=7,
    cost_yuan=60,
    online=True,
    contactless=False,
    hall="Exit and Entry Hall, 1500 Minsheng Road",
    hours="Monday to Saturday 9:00-17:00",
    phone="12367",
    guide="/services/hkm_permit_renewal",
    qr="/services/hkm_permit_renewal/qr.svg",
    appointment_url="https://appointment.example.gov.cn/exit-entry",
)
REASON = schemas.Reason("Your permit to Hong Kong and Macau expires within 30 days", "Public Security Bureau", AS_OF)
PREFILL = schemas.Prefill(
    papers=2,
    papers_held=1,
    fields=9,
    fields_filled=7,
    held=("Identity card",),
    bring=(),
    may_follow=("Photograph",),
    minutes_saved=25,
    steps_saved=3,
    trips_saved=2,
    days_saved=15,
)
SUGGESTION = schemas.Suggestion(CARD, 0.64, (REASON,), (schemas.Weight("New parent", 1.1),), PREFILL)
TRACE = "7c1e4b0a93d25f68a1b2c3d4e5f60718"
PLACE = schemas.Place(
    "hkm_permit_renewal",
    "permit to Hong Kong and Macau",
    0.6,
    0.64,
    -0.5,
    (schemas.Weight("New parent", 1.1),),
    "",
)
DUE = schemas.Due(
    what="HKM_PERMIT",
    name="permit to Hong Kong and Macau",
    due_on=DUE_ON,
    days_left=29,
    state="soon",
    sentence="Your permit to Hong Kong and Macau expires in 29 days",
    source="Public Security Bureau",
    as_of=AS_OF,
    action=CARD,
    reminded_on=date(2026, 11, 20),
    opens_on=None,
    note="",
)
DOCUMENT = schemas.Document(
    type="HKM_PERMIT",
    name="permit to Hong Kong and Macau",
    number="C00000000",
    issuer="Exit and Entry Administration",
    issued_on=date(2016, 12, 22),
    expires_on=DUE_ON,
    state="expiring",
    days_left=29,
    source="Public Security Bureau",
    as_of=AS_OF,
)
STEPS = (schemas.Step(CARD, "next", (), None, ""),)
STEPS_PAPER = schemas.StepsPaper("Identity card", ("newborn_hukou", "newborn_medical_insurance"), True, False)
BUNDLE = schemas.Bundle(
    id="newborn",
    name="A child is born",
    description="Everything after a birth.",
    done=1,
    total=5,
    steps=STEPS,
    papers=(STEPS_PAPER,),
    days=10,
    days_one_by_one=18,
    reasons=(REASON,),
)
FACT = schemas.Fact("a child", "Health Commission and Civil Affairs Bureau", AS_OF)
AHEAD = schemas.Ahead(date(2027, 2, 20), 90, "Child starting kindergarten", True, (FACT,))
LIKELY = schemas.Likely("Likely to move home", date(2027, 2, 20), ("New parent",))
VACANCY = schemas.Vacancy(
    id="ZP00000031",
    title="软件工程师",
    employer="上海云序信息科技有限公司",
    place="Pudong New Area",
    education="Bachelor or above",
    wage="¥12,000–16,000 a month",
    places=2,
    closes_on=date(2026, 12, 20),
    days_left=28,
    because=("The work is what you have done before",),
    source="Public Employment Platform",
    as_of=AS_OF,
)
REMINDER = schemas.Reminder("HKM_PERMIT.2026-12-21", DUE, "unread", None)
HOME = schemas.Home(
    kind="person",
    name="沈知夏",
    acting_for=None,
    known=True,
    personalised=True,
    locale="en",
    today=TODAY,
    data_day=TODAY,
    due=(DUE,),
    in_progress=(schemas.Case(CARD, date(2026, 11, 12), "Civil Affairs Bureau"),),
    suggestions=(SUGGESTION,),
    bundles=(BUNDLE,),
    questions=(schemas.Question(CARD, ("place of residence",), "Public Security Bureau"),),
    documents=(DOCUMENT,),
    mandates=(schemas.Mandate("3f0c9a52d1e84b7796a0b1c2d3e4f506", "Magnolia Lane Catering", "legal representative"),),
    dismissed=(schemas.Dismissed("newborn_hukou", "Household registration of a newborn", TODAY),),
    corrections=(schemas.Correction("fact:sex", "sex", "Public Security Bureau", TODAY),),
    ahead=(AHEAD,),
    likely=(LIKELY,),
    vacancies=(VACANCY,),
    trace=TRACE,
)
CHOSEN = schemas.Chosen(
    personalised=True,
    locale="en",
    dismissed={"newborn_hukou": TODAY},
    done={},
    corrections={"fact:sex": TODAY},
    reminders={},
    tags_deleted={"just_moved": TODAY},
    vacancies={"ZP00000012": TODAY},
    channels=("email", "portal"),
    addresses={"email": "wang@mail.example"},
    unsubscribed=(),
    reached_by=("email",),
    quiet="22:00-07:30",
)
FILE = schemas.File(
    known=True,
    today=TODAY,
    data_day=TODAY,
    facts=(
        schemas.HeldFact(
            about="fact:sex",
            name="sex",
            value="female",
            text="female",
            source="Public Security Bureau",
            as_of=AS_OF,
            valid_from=None,
            valid_until=None,
            sensitivity="for public authorities alone",
            correction=TODAY,
        ),
    ),
    documents=(DOCUMENT,),
    links=(
        schemas.HeldLink(
            about="link:child",
            kind="child",
            name="a child",
            role="",
            enterprise="",
            since=date(2026, 9, 1),
            until=None,
            source="Health Commission and Civil Affairs Bureau",
            as_of=AS_OF,
            correction=None,
        ),
    ),
    events=(
        schemas.HeldEvent(
            about="event:birth",
            kind="birth",
            name="A child of yours was born",
            happened_on=date(2026, 9, 1),
            source="Health Commission and Civil Affairs Bureau",
            as_of=AS_OF,
            correction=None,
        ),
    ),
    cases=(
        schemas.HeldCase(
            "maternity_allowance", "Maternity allowance", "in progress", TODAY, None, "Government Service Office"
        ),
    ),
    corrections=HOME.corrections,
)
TAGS = schemas.Tags(
    TODAY,
    TODAY,
    (
        schemas.Tag(
            id="new_parent",
            name="New parent",
            family="Life events",
            since=date(2026, 9, 1),
            until=date(2027, 8, 31),
            reasons=("A child of yours was born within 365 days",),
            facts=(FACT,),
            deleted_on=None,
        ),
    ),
)
FILLED = schemas.Filled(
    card=CARD,
    fields=(
        schemas.Field("Sex", "fact:sex", "female", "female", "Public Security Bureau", AS_OF, "A"),
        schemas.Field("How you want to receive the result", None, None, "", "", None, None),
    ),
    papers=(
        schemas.PaperHeld("Identity card", True, False, "310199199203140028", "Public Security Bureau", AS_OF, "A"),
    ),
    ask=("How you want to receive the result",),
    bring=(),
    papers_saved=1,
    minutes_saved=25,
    steps_saved=3,
    trips_saved=2,
    days_saved=15,
)
HELP = schemas.HelpCases(
    TODAY,
    (
        schemas.HelpCase(
            number="B261120-7KQ3M2XA",
            service="senior_card",
            name="Senior card",
            reason="I lack a paper and want to hand it in later",
            opened_on=AS_OF,
            answer_by=date(2026, 11, 27),
            late=False,
            steps=(
                schemas.HelpStep("call back", date(2026, 11, 23), TODAY),
                schemas.HelpStep("reply", date(2026, 11, 27), None),
            ),
            reply="",
            closed_on=None,
        ),
    ),
)
ACCESS_LOG = schemas.AccessLog(
    (
        schemas.Read(
            at=datetime(2026, 11, 22, 10, 30, tzinfo=timezone(timedelta(hours=8))),
            what="the page",
            who="you",
            name="",
            client="portal",
            sentence="You read the page through portal",
        ),
    )
)
DRAFTS = schemas.Drafts(
    TODAY,
    (
        schemas.Draft(
            "hkm_permit_renewal",
            "Renewal of the permit to Hong Kong and Macau",
            TODAY,
            date(2027, 2, 20),
            {"telephone": "021-0000-0000", "delivery": "post"},
        ),
    ),
)
PROBLEM: Mapping[str, object] = MappingProxyType(
    {
        "type": "urn:yidang:problem:bad-request",
        "title": "The request is not as expected",
        "status": 422,
        "detail": "Check the fields named below against the API description.",
        "request_id": "0f8fad5bd9cb469fa16570867728950e",
    }
)

EXAMPLES: Mapping[type[msgspec.Struct], msgspec.Struct] = MappingProxyType(
    {
        type(one): one
        for one in (
            HOME,
            schemas.Outlook(TODAY, TODAY, (AHEAD,)),
            schemas.Documents(TODAY, TODAY, (DOCUMENT,)),
            schemas.Suggestions(True, (SUGGESTION,), None, TRACE),
            schemas.Why(
                TRACE,
                "2026-11-22.7.5f1c2a9be013",
                TODAY,
                "2026-11-22.001",
                "802d3e12ccaf",
                "5f1c2a9be013",
                ("New parent",),
                ("hkm_permit_renewal", "senior_card"),
                (schemas.NotYet("newborn_hukou", "Register your newborn in the household", "earlier_step"),),
                (PLACE,),
            ),
            schemas.Bundles((BUNDLE,)),
            schemas.Vacancies(TODAY, TODAY, (VACANCY,)),
            schemas.Reminders(TODAY, (REMINDER,)),
            FILE,
            TAGS,
            FILLED,
            HELP,
            ACCESS_LOG,
            CHOSEN,
            schemas.Guide(
                CARD,
                "person",
                "licence",
                ("travel",),
                (schemas.Paper("identity card", False),),
                "permit to Hong Kong and Macau",
                "《中华人民共和国出境入境管理法》",
                None,
            ),
            schemas.Services("5f1c2a9be013", (CARD,), "krI1ZjFjMmE5YmUwMTMU"),
            schemas.Export(
                TODAY,
                "2026-11-22.7.5f1c2a9b",
                HOME,
                (REMINDER,),
                (schemas.Told("HKM_PERMIT", DUE_ON, 30, date(2026, 11, 20)),),
                FILE,
                TAGS,
                HELP.cases,
                CHOSEN,
                DRAFTS.drafts,
            ),
            DRAFTS,
            schemas.Results(
                (schemas.Theme("newborn", "A child is born", "Everything that a birth calls for.", (CARD,)),), (CARD,)
            ),
            schemas.Calendar("/v1/me/calendar.ics?key=q3Jv..."),
            schemas.Receipt(True),
            schemas.Health("ready", "2026-11-22.7.5f1c2a9b"),
        )
    }
)
