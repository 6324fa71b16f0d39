import msgspec
import pytest
from typer.testing import CliRunner

from profiles.model import KINDS, Kind
from recommender.__main__ import app
from recommender.catalogue import Bundle, Catalogue, Service, Step, Text, load
from recommender.check import problems
from recommender.terms import Audience, Effort, Sharers, Window
from tagging import registry

CHANNELS_OF_NOBODY = msgspec.structs.replace(
    load().service("hkm_permit_renewal").channels, phone="ask at the hall", appointment_url=None
)


@pytest.fixture(scope="module")
def tag_rules() -> dict[Kind, dict[str, str]]:
    tags = registry.load()
    return {kind: tags.rules(kind) for kind in KINDS}


def faults(tag_rules: dict[Kind, dict[str, str]], **changes: object) -> list[str]:
    """What the check says of hkm_permit_renewal with these fields, in the catalogue as it stands."""
    whole = load()
    changed = msgspec.structs.replace(whole.service("hkm_permit_renewal"), **changes)
    alone = msgspec.structs.replace(whole, services=(changed,), bundles=(), sentences={})
    return list(problems(alone, tag_rules))


def with_bundle(*steps: Step) -> Catalogue:
    words = Text(zh="试", en="trial")
    bundle = Bundle(id="trial", audience="person", name=words, description=words, opened_by="aged(60)", steps=steps)
    return msgspec.structs.replace(load(), bundles=(bundle,), sentences={})


def test_the_catalogue_has_no_fault(tag_rules: dict[Kind, dict[str, str]]) -> None:
    assert list(problems(load(), tag_rules)) == []


def test_the_command_counts_what_it_read() -> None:
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 0
    assert f"{len(load().services)} services, {len(load().bundles)} bundles" in result.output


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"requirement": "tag('hkm_permit_expirng')"}, "no tag 'hkm_permit_expirng'"),
        ({"requirement": "holds('HKM_PREMIT') OR tag('hkm_permit_expiring')"}, "holds('HKM_PREMIT') names a document"),
        ({"requirement": "has_done('flying') OR tag('hkm_permit_expiring')"}, "has_done('flying') names no service"),
        ({"requirement": "TRUE OR tag('hkm_permit_expiring')"}, "a rule that is true of everyone is no rule"),
        ({"themes": ("007",)}, "no person theme 007"),
        ({"events": ("founding",)}, "no person event founding"),
        ({"stage": "entry"}, "no stage 'entry'"),
        ({"renews": "SPACE_PERMIT"}, "it renews SPACE_PERMIT"),
        ({"trips": 1}, "a contactless service needs an online channel and no trip"),
        ({"processing_days": 0}, "processing and minutes are at least 1"),
        ({"name": Text(zh="HKM", en="HKM")}, "'HKM' is not Chinese"),
        ({"division": "pudong"}, "a division is digits"),
        ({"issues": "SPACE_PERMIT"}, "it issues SPACE_PERMIT"),
        ({"steps": 0}, "it takes one step at the least"),
        ({"usual": Effort(days=20, minutes=1, steps=5, trips=2)}, "more than the 1 of the usual way"),
        ({"requires": ("flying",)}, "it requires flying, which is no other person service"),
        ({"follows": ("annual_report_filing",)}, "it follows annual_report_filing, which is no other person service"),
        ({"variant_of": "passport_renewal"}, "it stands in for passport_renewal"),
        ({"window": Window("02-30x", "05-31")}, "not '02-30x'"),
        ({"channels": CHANNELS_OF_NOBODY}, "a telephone number is a hotline's five digits"),
        ({"channels": CHANNELS_OF_NOBODY, "trips": 1}, "it takes a trip to a counter that nobody can book"),
    ],
)
def test_a_planted_fault_is_named(tag_rules: dict[Kind, dict[str, str]], changes: dict[str, object], said: str) -> None:
    found = faults(tag_rules, **changes)
    assert [fault for fault in found if "hkm_permit_renewal" in fault and said in fault], found


def test_evidence_that_no_file_can_hold_is_named(tag_rules: dict[Kind, dict[str, str]]) -> None:
    service: Service = load().service("hkm_permit_renewal")
    paper = msgspec.structs.replace(service.evidence[0], satisfied_by="fact:shoe_size")
    assert faults(tag_rules, evidence=(paper,)) == [
        "service hkm_permit_renewal: evidence 'Identity card': nothing in a file is called fact:shoe_size"
    ]


def test_a_districts_service_is_answered_for_by_the_district(tag_rules: dict[Kind, dict[str, str]]) -> None:
    whole = load()
    meals = whole.service("elder_meals_xuhui")
    citys = msgspec.structs.replace(meals, authority=whole.service("elder_meals").authority)
    services = tuple(citys if one is meals else one for one in whole.services)
    found = list(problems(msgspec.structs.replace(whole, services=services), tag_rules))
    assert found == [
        "service elder_meals_xuhui: it is of the district 310104 alone, and 市民政局 answers for it elsewhere too"
    ]


def test_steps_that_wait_for_each_other_are_named(tag_rules: dict[Kind, dict[str, str]]) -> None:
    circle = with_bundle(Step("pension_check", ("senior_card",)), Step("senior_card", ("pension_check",)))
    assert any("bundle trial: steps wait for each other" in fault for fault in problems(circle, tag_rules))


def test_steps_of_another_audience_or_bundle_are_named(tag_rules: dict[Kind, dict[str, str]]) -> None:
    astray = with_bundle(Step("seal_engraving"), Step("pension_check", ("passport_renewal",)))
    assert [fault for fault in problems(astray, tag_rules) if fault.startswith("bundle trial")] == [
        "bundle trial: no person service is called seal_engraving",
        "bundle trial: pension_check waits for passport_renewal, which is no step of the bundle",
    ]


def test_a_step_that_requires_another_must_wait_for_it(tag_rules: dict[Kind, dict[str, str]]) -> None:
    needy = msgspec.structs.replace(load().service("senior_card"), requires=("pension_check",))
    services = tuple(needy if service.id == needy.id else service for service in load().services)
    named = {**load().by_id, needy.id: needy}
    side_by_side = with_bundle(Step("pension_check"), Step("senior_card"))
    whole = msgspec.structs.replace(side_by_side, services=services, by_id=named)
    assert [fault for fault in problems(whole, tag_rules) if fault.startswith("bundle trial")] == [
        "bundle trial: senior_card requires pension_check, a step of the same bundle: name it in its after"
    ]


def test_services_that_require_each_other_are_named(tag_rules: dict[Kind, dict[str, str]]) -> None:
    whole = load()
    pair = {"senior_card": ("pension_check",), "pension_check": ("senior_card",)}
    services = tuple(msgspec.structs.replace(s, requires=pair.get(s.id, s.requires)) for s in whole.services)
    found = list(problems(msgspec.structs.replace(whole, services=services), tag_rules))
    assert any("services require each other: " in fault for fault in found), found


def test_relations_and_events_have_one_holder_each(tag_rules: dict[Kind, dict[str, str]]) -> None:
    holders = {read: feed for read, feed in load().holders.items() if read != "event:birth"}
    whole = msgspec.structs.replace(load(), holders={**holders, "event:moved": "removals"})
    assert list(problems(whole, tag_rules)) == [
        "holders.yaml says whose word each relation and event is, once, and of no other thing: see event:birth",
        "holders.yaml, event:moved: no feed is called removals",
    ]


def test_a_sentence_that_no_rule_needs_any_more_is_named(tag_rules: dict[Kind, dict[str, str]]) -> None:
    words = {**load().sentences, "aged(12)": Text(zh="您已年满十二周岁", en="You are twelve or over")}
    found = list(problems(msgspec.structs.replace(load(), sentences=words), tag_rules))
    assert found == ["sentences.yaml: no rule says aged(12) any more"]


@pytest.mark.parametrize(
    ("shared_by", "shared", "audience", "said"),
    [
        (None, True, "person", "newborn_hukou are shared, but not between whom"),
        ("parents", False, "person", "it is shared by parents, but none of its steps is"),
        ("parents", True, "enterprise", "an enterprise has one file"),
    ],
)
def test_what_is_shared_is_said_with_between_whom(
    shared_by: Sharers | None, shared: bool, audience: Audience, said: str, tag_rules: dict[Kind, dict[str, str]]
) -> None:
    whole = with_bundle(Step("newborn_hukou", shared=shared), Step("birth_registration"))
    [bundle] = whole.bundles
    changed = msgspec.structs.replace(bundle, shared_by=shared_by, audience=audience)
    assert any(said in one for one in problems(msgspec.structs.replace(whole, bundles=(changed,)), tag_rules))
