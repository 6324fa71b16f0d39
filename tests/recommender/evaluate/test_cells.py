"""Another file of cells is read like the published one; what is wrong with it is said with file, row and column."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from profiles.errors import DataUnfit
from recommender.__main__ import app
from recommender.evaluate import cells
from recommender.evaluate.cells import ATTRIBUTES
from recommender.evaluate.run import OURS, Sources, services
from recommender.evaluate.tables import table
from tests.recommender.evaluate import data

HEAD = "district_id,gender,caste,age_group,religion_group,service_1,service_2"
GOOD = "2,Female,General,child,Hindu,3,0"


@pytest.fixture
def offices(tmp_path: Path) -> Path:
    return written(tmp_path / "services.csv", "service_id,department_name", "1,Health", "2,Education")


def written(file: Path, *lines: str) -> Path:
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def test_a_plain_file_is_read_like_a_gzipped_one(tmp_path: Path, offices: Path) -> None:
    found = cells.read(written(tmp_path / "mine.csv", HEAD, GOOD, "3,Male,SC,adult,Hindu,0,4"), offices)
    assert found.names.services == ("service_1", "service_2")
    assert found.uses.toarray().tolist() == [[3.0, 0.0], [0.0, 4.0]]
    assert "district_id=3" in found.names.tags


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((HEAD.replace("caste,", ""), "2,Female,child,Hindu,3,0"), "caste is not among its own"),
        ((HEAD,), "has no row below them"),
        ((",".join(ATTRIBUTES), "2,Female,General,child,Hindu"), "must have a column of counts per service"),
        ((HEAD, GOOD, "2,,General,child,Hindu,3,0"), "row 3: gender is empty"),
        ((HEAD, "2,Female,General,child,Hindu,,0"), "row 2: service_1 must be a number of uses, 0 or more, and is ''"),
        ((HEAD, GOOD, "2,Female,General,child,Hindu,3,many"), "row 3: service_2 must be a number of uses"),
        ((HEAD, "2,Female,General,child,Hindu,-1,0"), "row 2: service_1 must be a number of uses"),
        ((HEAD, "2,Female,General,child,Hindu,nan,0"), "row 2: service_1 must be a number of uses"),
        ((HEAD, f"{GOOD},7"), "row 2 has more values than there are columns (7)"),
        ((HEAD, "2,Female,General"), "row 2: age_group is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, offices: Path, lines: tuple[str, ...], said: str) -> None:
    file = written(tmp_path / "mine.csv", *lines)
    with pytest.raises(DataUnfit, match=re.escape(str(file)) + ".*" + re.escape(said)):
        cells.read(file, offices)


def test_services_that_are_not_there_are_said(tmp_path: Path) -> None:
    with pytest.raises(DataUnfit, match=r"services.csv.gz is not there; --data names the folder"):
        cells.read(written(tmp_path / "mine.csv", HEAD, GOOD), tmp_path / "services.csv.gz")


def test_what_is_no_text_at_all_is_said(tmp_path: Path) -> None:
    for name, content in (("mine.csv.gz", b"not gzipped"), ("mine.csv", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataUnfit, match="is no CSV in UTF-8"):
            table(tmp_path / name, ATTRIBUTES)


def test_cells_kept_back_are_asked_and_never_learned_from(tmp_path: Path, offices: Path) -> None:
    known = written(tmp_path / "known.csv", HEAD, GOOD, "3,Male,SC,adult,Hindu,0,4")
    asked = written(tmp_path / "asked.csv", HEAD, "9,Male,SC,child,Hindu,5,1")
    every_cell, learned_from, hidden = cells.read_apart(known, asked, offices)
    assert (len(every_cell), len(learned_from), len(hidden)) == (3, 2, 1)
    assert hidden.uses.toarray().tolist() == [[5.0, 1.0]]
    assert cells.unheard(learned_from, hidden) == ["district_id=9"]


def test_files_that_count_other_services_are_refused(tmp_path: Path, offices: Path) -> None:
    known = written(tmp_path / "known.csv", HEAD, GOOD)
    asked = written(tmp_path / "asked.csv", HEAD.replace("service_2", "service_3"), GOOD)
    with pytest.raises(DataUnfit, match="must count the same services; service_2, service_3 is in one alone"):
        cells.read_apart(known, asked, offices)


def test_the_product_orders_cells_that_were_kept_back_in_a_file_of_their_own(tmp_path: Path) -> None:
    sources = Sources.below(data.cells(tmp_path))
    lines = table(sources.cells, ATTRIBUTES)
    head = ",".join(lines[0])
    known, asked = (
        written(tmp_path / name, head, *(",".join(row.values()) for row in rows))
        for name, rows in (("known.csv", lines[:120]), ("asked.csv", lines[120:]))
    )
    said: list[str] = []
    apart = Sources(known, sources.services, sources.premises, sources.renewals, cells_kept_back=asked)
    section = services(apart, (0,), said.append)
    assert "144 cells, 12 services; those kept back hidden" in section.told
    found = {bar.name: bar.value for bar in section.plots[0].bars}
    assert np.isfinite(found[OURS])
    assert len(said) >= 1


def test_the_command_says_what_is_wrong_with_a_file_that_it_was_pointed_at(tmp_path: Path) -> None:
    sources = data.cells(tmp_path)
    wrong = written(tmp_path / "mine.csv", HEAD, "2,Female,General,child,Hindu,3,few")
    found = CliRunner().invoke(app, ["evaluate", "--data", str(sources), "--cells", str(wrong)])
    assert found.exit_code == 1
    assert f"{wrong}, row 2: service_2 must be a number of uses, 0 or more, and is 'few'" in found.stdout
