"""The registry as officials write it: what is read, and how a slip is reported."""

from collections import Counter
from datetime import date

import pytest

from profiles.errors import RegistryError, RuleError
from tagging.language import vocabulary
from tagging.registry import load
from tagging.rules import parse
from tagging.tag import FAMILIES
from tests.tagging.sample import duckdb_answers, file

TAG = """
  - id: old
    kind: person
    name: {zh: 老人, en: Old}
    stage: old_age
    rule: aged(60)
    owner: civil_affairs
    sources: [residents]
    sensitivity: internal
    uses: [eligibility, display]
    valid_from: 2000-01-01
    examples:
      - {given: {birth_date: 1950-01-01}, expect: yes}
      - {as_of: 2024-02-29, given: {birth_date: 2020-01-01}, expect: no}
      - {given: {birth_date: null}, expect: unknown}
"""

REQUIRED = """
new_parent newly_wed newly_divorced bereaved just_moved new_graduate newly_unemployed new_job newly_retired
retiring_soon new_home_owner new_vehicle child_starting_kindergarten child_starting_school
senior_60 senior_70 senior_80 minor student migrant parent_of_minor tenant homeowner driver vehicle_owner pensioner
flexible_worker hkm_traveller disabled low_income
teacher medical_worker delivery_worker catering_worker construction_worker it_engineer manufacturing_worker
hkm_permit_expiring driving_licence_expiring residence_permit_expiring id_card_expiring passport_expiring
pension_check_due vehicle_inspection_due central_district pudong suburban_district
enterprise_central_district enterprise_pudong enterprise_suburban_district newly_founded hiring
catering retail wholesale manufacturing software construction logistics education health_care
micro_enterprise food_permit_expiring no_food_permit annual_report_due tax_overdue permit_expiring
"""


def written(folder, tags, family="population_group"):
    for each in FAMILIES:
        (folder / f"{each}.yaml").write_text(f"family: {each}\ntags: []\n", "utf-8")
    (folder / f"{family}.yaml").write_text(f"family: {family}\ntags:{tags}", "utf-8")
    return folder


def test_the_shipped_registry_has_every_tag_that_services_count_on():
    registry = load()
    assert set(REQUIRED.split()) <= {tag.id for tag in registry.tags}
    assert {tag.family for tag in registry.tags} == set(FAMILIES)
    assert list(registry.parsed) == [tag.id for tag in registry.tags]


PERSON_STAGES = [
    "birth",
    "education",
    "employment",
    "living",
    "home",
    "travel",
    "health",
    "relief",
    "old_age",
    "after_death",
]
ENTERPRISE_STAGES = ["entry", "hiring", "taxes", "growth", "construction", "exit"]


@pytest.mark.parametrize(("kind", "stages"), [("person", PERSON_STAGES), ("enterprise", ENTERPRISE_STAGES)])
def test_every_stage_of_a_life_and_of_an_enterprise_has_tags(kind, stages):
    assert list(vocabulary()["stages"][kind]) == stages
    counted = Counter(tag.stage for tag in load().of(kind))
    assert set(counted) == set(stages)
    assert min(counted.values()) >= 3


def test_there_are_165_tags_or_more():
    assert len(load().tags) >= 165


def test_tags_from_barred_feeds_are_never_for_ranking():
    barred = {tag.id for tag in load().tags if "ranking" not in tag.uses}
    assert {"disabled", "low_income", "tax_overdue", "annual_report_due"} <= barred


def test_a_tag_is_read_with_all_that_it_says(tmp_path):
    (tag,) = load(written(tmp_path, TAG)).tags
    assert (tag.id, tag.kind, tag.family, tag.rule) == ("old", "person", "population_group", "aged(60)")
    assert (tag.name("zh-CN"), tag.name("en"), tag.uses) == ("老人", "Old", ("eligibility", "display"))
    assert [(example.expect, example.as_of) for example in tag.examples] == [
        ("yes", date(2025, 7, 1)),
        ("no", date(2024, 2, 29)),
        ("unknown", date(2025, 7, 1)),
    ]


def test_the_version_changes_with_anything_that_a_tag_says(tmp_path):
    before = load(written(tmp_path, TAG)).version
    assert load(written(tmp_path, TAG)).version == before
    assert load(written(tmp_path, TAG.replace("aged(60)", "aged(61)"))).version != before
    assert load(written(tmp_path, TAG.replace("en: Old", "en: Older"))).version != before


def test_a_tag_that_only_moved_in_its_file_is_the_same_version(tmp_path):
    before = load(written(tmp_path, TAG))
    after = load(written(tmp_path, "\n  # A comment." + TAG))
    assert (before.tags[0].at, after.tags[0].at) == ("population_group.yaml:3", "population_group.yaml:4")
    assert before.version == after.version


DATED = TAG.replace("    valid_from: 2000-01-01\n", "").replace(
    "    rule: aged(60)\n",
    """    versions:
      - {valid_from: 2025-01-01, rule: aged(65)}
      - {valid_from: 2000-01-01, valid_until: 2024-12-31, rule: aged(60)}
""",
)


def test_dated_versions_are_one_rule_that_says_on_each_day_what_its_version_says(tmp_path):
    (tag,) = load(written(tmp_path, DATED)).tags
    assert (tag.valid_from, tag.valid_until) == (date(2000, 1, 1), None)
    assert [version.rule for version in tag.versions] == ["aged(60)", "aged(65)"]
    asked = [parse(tag.rule, "person")]
    born = {"birth_date": date(1962, 1, 1)}
    days = [date(1999, 12, 31), date(2024, 12, 31), date(2025, 1, 1), date(2027, 1, 1)]
    rows = [file(as_of=day, **born) for day in days]
    assert [answer for (answer,) in duckdb_answers(rows, "person", asked)] == [0, 1, 0, 1]


def test_a_rule_stands_in_the_versions_or_in_the_tag_but_not_in_both(tmp_path):
    both = DATED.replace("    owner:", "    rule: aged(60)\n    owner:")
    with pytest.raises(RegistryError, match="has its rule, valid_from and valid_until in each of them alone"):
        load(written(tmp_path, both))
    with pytest.raises(RegistryError, match=r"tag old, version 2: expected \{valid_from: a day"):
        load(written(tmp_path, DATED.replace("rule: aged(60)}", "ruel: aged(60)}")))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("en: Old", "fr: Vieux", "population_group.yaml:3, tag old: name needs both zh and en"),
        ("owner: civil_affairs", "ownr: civil_affairs", "tag old: owner is missing; ownr is not a key of a tag"),
        ("kind: person", "kind: dog", "tag old: kind should be person or enterprise, not 'dog'"),
        ("[eligibility, display]", "[selling]", "uses should be eligibility or ranking or display, not 'selling'"),
        ("2000-01-01", "someday", "valid_from should be a date such as 2025-07-01, not 'someday'"),
        ("expect: unknown", "expect: perhaps", "example 3: expect should be yes, no or unknown, not 'perhaps'"),
        ("{zh: 老人, en: Old}", "{zh: 老人, en: Old", "not well-formed YAML"),
    ],
)
def test_a_slip_names_the_file_the_tag_and_what_is_wrong(tmp_path, right, wrong, message):
    with pytest.raises(RegistryError) as refused:
        load(written(tmp_path, TAG.replace(right, wrong)))
    assert message in str(refused.value)


def test_one_id_stands_for_one_tag(tmp_path):
    folder = written(tmp_path, TAG)
    (folder / "status.yaml").write_text(f"family: status\ntags:{TAG}", "utf-8")
    twice = r"tag old is written twice, at population_group\.yaml:3 and status\.yaml:3; one tag has one entry"
    with pytest.raises(RegistryError, match=twice):
        load(folder)


def test_a_missing_family_is_named(tmp_path):
    folder = written(tmp_path, TAG)
    (folder / "region.yaml").unlink()
    with pytest.raises(RegistryError, match=r"region\.yaml is missing from the registry"):
        load(folder)


def test_a_rule_that_does_not_parse_names_its_tag(tmp_path):
    registry = load(written(tmp_path, TAG.replace("aged(60)", "agd(60)")))
    with pytest.raises(
        RuleError, match=r"^population_group\.yaml:3, tag old, line 1, column 1: agd: no such word; did you mean aged\?"
    ):
        _ = registry.parsed
