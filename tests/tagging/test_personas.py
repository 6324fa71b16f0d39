"""The example people and enterprises: how their files are read, and that a wrong one is named."""

from datetime import date

import pytest

from profiles.errors import RegistryError
from profiles.model import KINDS
from tagging.check import problems
from tagging.files import to_json
from tagging.personas import load_personas
from tagging.personas.days import moment
from tagging.registry import load
from tests.tagging.test_registry import TAG, written

PERSONA = """
id: grandmother
kind: person
name: {zh: 奶奶, en: Grandmother}
story: {zh: 一位奶奶。, en: A grandmother.}
file:
  birth_date: 65 years 2 days ago
  documents: [{type: SENIOR_CARD, status: valid, issued_on: 2020-01-01, expires_on: in 1 year}]
  links: null
tags: [old]
"""


def read(tmp_path, text=PERSONA, name="grandmother.yaml"):
    folder = tmp_path / "personas"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return load_personas(folder)


def test_days_are_told_from_the_personas_own_day_and_what_is_not_named_is_unknown_or_empty(tmp_path):
    (persona,) = read(tmp_path)
    assert (persona.id, persona.kind, persona.name("zh-CN"), persona.name("en")) == (
        "grandmother", "person", "奶奶", "Grandmother",
    )  # fmt: skip
    assert (persona.as_of, persona.tags) == (date(2025, 7, 1), frozenset({"old"}))
    assert persona.file["birth_date"] == date(1960, 6, 29)
    assert persona.file["documents"] == [
        {
            "type": "SENIOR_CARD",
            "status": "valid",
            "issued_on": date(2020, 1, 1),
            "expires_on": date(2026, 7, 1),
        }
    ]
    assert (persona.file["events"], persona.file["links"], "sex" in persona.file) == ([], None, False)
    assert (persona.file["subject"], persona.file["as_of"]) == ("grandmother", date(2025, 7, 1))


@pytest.mark.parametrize(
    ("said", "day", "expected"),
    [
        ("today", date(2025, 7, 1), date(2025, 7, 1)),
        ("1 day ago", date(2024, 3, 1), date(2024, 2, 29)),
        ("1 year ago", date(2024, 2, 29), date(2023, 2, 28)),
        ("1 month ago", date(2025, 3, 31), date(2025, 2, 28)),
        ("2 years 1 month 3 days ago", date(2025, 7, 1), date(2023, 5, 29)),
        ("in 1 year 364 days", date(2025, 7, 1), date(2027, 6, 30)),
        ("in 2 months", date(2025, 12, 31), date(2026, 2, 28)),
    ],
)
def test_a_day_is_so_many_years_months_and_days_away(said, day, expected):
    assert moment(said, day) == expected


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("id: grandmother", "id: granny", "grandmother.yaml: the id should be the file's own name, not 'granny'"),
        ("kind: person", "kind: dog", "grandmother.yaml: kind should be person or enterprise, not 'dog'"),
        ("en: A grandmother.", "fr: x", "grandmother.yaml: story needs both zh and en"),
        ("birth_date:", "birthday:", "grandmother.yaml: a file has no column birthday; did you mean birth_date?"),
        ("issued_on:", "isued_on:", "a file has no field of documents isued_on; did you mean issued_on?"),
        ("2 days ago", "2 weeks ago", "'65 years 2 weeks ago' is no day; write a date, today, 29 days ago"),
        ("tags: [old]", "tags: [old, old]", "grandmother.yaml: tags should be a list of ids, each once"),
        (
            "tags: [old]",
            "labels: [old]",
            "grandmother.yaml: expected the keys as_of, file, id, kind, name, story, tags",
        ),
    ],
)
def test_a_slip_names_the_file_and_what_is_wrong(tmp_path, right, wrong, message):
    with pytest.raises(RegistryError) as refused:
        read(tmp_path, PERSONA.replace(right, wrong))
    assert message in str(refused.value)


def test_a_persona_has_exactly_the_tags_that_it_names(tmp_path):
    registry = load(written(tmp_path, TAG))
    assert problems(registry, read(tmp_path)) == []
    assert problems(registry, read(tmp_path, PERSONA.replace("[old]", "[]"))) == [
        "persona grandmother: has the tag old; add it to its tags"
    ]
    assert problems(registry, read(tmp_path, PERSONA.replace("65 years", "45 years"))) == [
        "persona grandmother: should have the tag old and has not; mend its file, its tags or the rule"
    ]
    assert problems(registry, read(tmp_path, PERSONA.replace("[old]", "[old, odl]")))[0] == (
        "persona grandmother: no tag is called 'odl' for a file of kind person; did you mean old?"
    )


def test_a_tag_that_is_not_valid_on_the_personas_day_is_not_had(tmp_path):
    ended = TAG.replace("valid_from: 2000-01-01", "valid_from: 2000-01-01\n    valid_until: 2025-06-30").replace(
        "- {given", "- {as_of: 2025-06-01, given"
    )
    assert problems(load(written(tmp_path, ended)), read(tmp_path, PERSONA.replace("[old]", "[]"))) == []


def test_a_persona_with_a_value_of_a_wrong_type_is_named(tmp_path):
    broken = read(tmp_path, PERSONA.replace("links: null", "vehicles: many"))
    (said,) = problems(load(written(tmp_path, TAG)), broken)
    assert said.startswith("persona grandmother: a value is of the wrong type: ")


def test_thirty_people_and_enterprises_are_shipped_and_each_is_a_file():
    personas = load_personas()
    assert len(personas) >= 30
    assert len({persona.en for persona in personas}) == len({persona.zh for persona in personas}) == len(personas)
    for kind in KINDS:
        rows = [persona.file for persona in personas if persona.kind == kind]
        assert len(rows) >= 10
        assert to_json(rows, kind)
