"""What a job says while it works, where nobody sits before it."""

import pytest

from jobs.supervise import supervised


def test_where_no_terminal_is_each_step_is_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with supervised("all", trace=False, jobs=frozenset({"gate", "build"})) as bar:
        bar.step("gate", 0, 1)
        bar.step("cases", 1, 22)
        bar.step("cases", 1, 22)
        bar.step("build", 0, 1)
    assert capsys.readouterr() == ("", "gate\ngate: cases (1 of 22)\nbuild\n")
