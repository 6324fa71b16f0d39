"""A proposed rule is counted over the files of the lake before it is anybody's."""

from pathlib import Path

import pytest

from jobs.preview import preview
from profiles.errors import RegistryError
from tests.jobs.night import Night
from tests.tagging.preview.test_preview import PROPOSED


def test_a_stricter_age_takes_the_tag_from_those_between(night: Night, tmp_path: Path) -> None:
    (tmp_path / "proposal.yaml").write_text(PROPOSED, "utf-8")
    told = "\n".join(preview(night.context, tmp_path / "proposal.yaml"))
    files = night.context.tables.read("person_files", night.context.spark)
    born = [row["birth_date"] for row in files.where("identified AND died_on IS NULL").select("birth_date").collect()]
    day = night.context.day
    between = sum(
        1 for one in born if one and 60 <= day.year - one.year - ((day.month, day.day) < (one.month, one.day)) < 63
    )
    assert f"lose {between:,}" in told
    assert "new tag: born_abroad_and_old" in told


def test_a_proposal_that_the_check_refuses_is_counted_all_the_same(night: Night, tmp_path: Path) -> None:
    (tmp_path / "proposal.yaml").write_text(PROPOSED.replace("expect: unknown", "expect: no"), "utf-8")
    told = preview(night.context, tmp_path / "proposal.yaml")
    assert next(told) == "new tag: born_abroad_and_old"
    with pytest.raises(RegistryError, match="tag senior_60: no example expects unknown; add one"):
        list(told)
