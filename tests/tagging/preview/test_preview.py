"""What a change of the registry would do: to tags, to files by district and group, and to personas."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest

from profiles.errors import RegistryError
from tagging.__main__ import main
from tagging.files import duckdb_rows, to_json
from tagging.personas import load_personas
from tagging.preview import differences, lines, persona_changes, reach
from tagging.preview.disclosure import disclosed
from tagging.preview.reach import Count
from tagging.registry import Registry, load, with_tags_of

DAY = date(2025, 7, 1)
PROPOSED = """
family: population_group
tags:
  - id: senior_60
    kind: person
    name: {zh: 老年人（60周岁及以上）, en: Aged 60 or over}
    stage: old_age
    rule: aged(63)
    owner: civil_affairs
    sources: [residents]
    sensitivity: internal
    uses: [eligibility, ranking, display]
    valid_from: 2000-01-01
    examples:
      - {given: {birth_date: 1950-01-01}, expect: yes}
      - {given: {birth_date: 1990-01-01}, expect: no}
      - {given: {birth_date: null}, expect: unknown}
  - id: born_abroad_and_old
    kind: person
    name: {zh: 高龄非户籍居民, en: Older resident from elsewhere}
    stage: old_age
    rule: tag('senior_60') AND NOT registered_in('31')
    owner: civil_affairs
    sources: [residents]
    sensitivity: internal
    uses: [eligibility, display]
    valid_from: 2000-01-01
    examples:
      - {given: {birth_date: 1950-01-01, hukou_division: "110101"}, expect: yes}
      - {given: {birth_date: 1990-01-01}, expect: no}
      - {given: {birth_date: null}, expect: unknown}
"""


def folder_of(folder: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    folder.mkdir()
    told = [{"identified": True, "facts": [], "subject": str(number), **row} for number, row in enumerate(rows)]
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE files AS " + duckdb_rows("person"), [to_json(told, "person")])
        connection.execute(f"COPY (SELECT * EXCLUDE (as_of) FROM files) TO '{folder}/part.parquet'")  # noqa: S608
    return folder


@pytest.fixture
def proposal(tmp_path: Path) -> Path:
    file = tmp_path / "proposal.yaml"
    file.write_text(PROPOSED, "utf-8")
    return file


@pytest.fixture
def proposed(proposal: Path) -> Registry:
    return with_tags_of(load(), proposal)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    elders = [{"birth_date": date(1963, 1, 1), "residence_division": "310101"}] * 30
    more = [{"birth_date": date(1963, 1, 1), "residence_division": "310104"}] * 12
    few = [{"birth_date": date(1963, 1, 1), "residence_division": "310115"}] * 4
    older = [{"birth_date": date(1940, 1, 1), "residence_division": "310101", "hukou_division": "320100"}] * 11
    dead = [{"birth_date": date(1963, 1, 1), "died_on": date(2024, 1, 1)}] * 50
    records = [{"birth_date": date(1963, 1, 1), "identified": False}] * 50
    return folder_of(tmp_path / "people", [*elders, *more, *few, *older, *dead, *records])


def test_changed_new_and_following_tags_are_told_apart(proposed: Registry) -> None:
    found = differences(load(), proposed)
    assert (found.added, found.removed) == (("born_abroad_and_old",), ())
    assert "rule" in found.changed["senior_60"]
    followers = {tag.id for tag in load().tags if "tag('senior_60')" in tag.rule}
    assert followers <= {*found.following}
    assert {*found.asked} == {"senior_60", "born_abroad_and_old", *found.following}
    assert differences(load(), load()) == differences(proposed, proposed)


def test_the_living_and_identified_are_counted_by_district_and_age(proposed: Registry, people: Path) -> None:
    [new, old] = reach(load(), proposed, ["senior_60", "born_abroad_and_old"], [people], DAY)
    assert (new.tag, old.tag, old.files) == ("born_abroad_and_old", "senior_60", 57)
    assert old.total == Count(had=57, has=11, gained=0, lost=46)
    assert old.by_district == {
        "310101": Count(41, 11, 0, 30),
        "310104": Count(12, 0, 0, 12),
        "310115": Count(4, 0, 0, 4),
    }
    assert old.by_group == {"60–79": Count(46, 0, 0, 46), "80+": Count(11, 11, 0, 0)}
    assert new.total == Count(had=0, has=11, gained=11, lost=0)


def test_no_small_count_is_shown_or_can_be_worked_out(proposed: Registry, people: Path) -> None:
    reached = reach(load(), proposed, ["senior_60"], [people], DAY)
    told = [" ".join(line.split()) for line in lines(differences(load(), proposed), (), reached)]
    assert "would have it 11 · gain under 10 · lose 46" in told
    # 46 - 30 - 12 would give the four away, so the twelve are hidden with them.
    assert "district 310101 Huangpu would have it under 10 gain under 10 lose 30" in told or (
        "district 310101 Huangpu would have it 11 gain under 10 lose 30" in told
    )
    assert "2 more by district, each under 10" in told
    assert not any(" 4" in line or " 12" in line for line in told if line.startswith("district"))


def test_one_hidden_count_hides_the_smallest_other_where_their_sum_is_shown() -> None:
    assert disclosed({"a": 50, "b": 20, "c": 9}, total_shown=True) == {"a": 50, "b": None, "c": None}
    assert disclosed({"a": 50, "b": 20, "c": 9}, total_shown=False) == {"a": 50, "b": 20, "c": None}
    assert disclosed({"a": 9}, total_shown=True) == {"a": None}
    assert disclosed({"a": 10}, total_shown=True) == {"a": 10}


def test_personas_change_with_the_rule(proposed: Registry) -> None:
    changes = persona_changes(load(), proposed, load_personas())
    sixties = {one.persona.id for one in changes if "senior_60" in one.lost}
    for persona in load_personas():
        born = persona.file.get("birth_date")
        if isinstance(born, date) and "senior_60" in persona.tags:
            years = (persona.as_of - born).days / 365.25
            assert (persona.id in sixties) == (years < 63)


def test_the_command_says_who_gains_and_what_to_do_next(
    proposal: Path, people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preview", str(proposal), "--files", str(people), "--day", "2025-07-01"]) == 0
    told = capsys.readouterr().out
    assert "changed tag: senior_60 (" in told
    assert "senior_60: of 57 files of the living" in told
    assert main(["preview", str(proposal)]) == 0
    assert "nobody was counted: name folders of files with --files" in capsys.readouterr().out
    assert main(["preview"]) == 2


def test_a_proposal_that_the_check_refuses_is_shown_and_refused_in_the_same_words(
    proposal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal.write_text(PROPOSED.replace("owner: civil_affairs", "owner: civil_affair", 1), "utf-8")
    assert main(["preview", str(proposal)]) == 1
    told = capsys.readouterr()
    assert "changed tag: senior_60 (" in told.out
    assert told.err == (
        "proposal.yaml:4, tag senior_60: 'civil_affair' is no department of vocabulary.yaml; did you mean "
        "civil_affairs?\n"
    )


def test_nobody_is_said_to_lose_a_new_tag_or_to_gain_one_that_goes(proposed: Registry, people: Path) -> None:
    def told(old: Registry, new: Registry) -> list[str]:
        found = differences(old, new)
        reached = reach(old, new, ["born_abroad_and_old"], [people], DAY)
        return [" ".join(line.split()) for line in lines(found, (), reached)]

    new, gone = told(load(), proposed), told(proposed, load())
    assert new[new.index("born_abroad_and_old: of 57 files of the living") + 1] == "gain 11"
    assert gone[gone.index("born_abroad_and_old: of 57 files of the living") + 1] == "lose 11"


def test_what_is_no_proposal_or_no_files_is_refused_by_name(tmp_path: Path, proposed: Registry) -> None:
    (tmp_path / "wrong.yaml").write_text("family: weather\ntags: []\n", "utf-8")
    with pytest.raises(RegistryError, match=r"wrong\.yaml: expected `family:` with one of life_event"):
        with_tags_of(load(), tmp_path / "wrong.yaml")
    with pytest.raises(RegistryError, match="holds no parquet files"):
        reach(load(), proposed, ["senior_60"], [tmp_path], DAY)
