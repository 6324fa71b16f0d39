"""The terms of linkage: sound as delivered, and refused by file and line where they are not."""

from pathlib import Path

import pytest

from profiles import contracts
from profiles.errors import LinkageError
from profiles.linkage.terms import FOLDER, load, read


def changed(folder: Path, old: str, new: str) -> Path:
    text = (FOLDER / "school_roll.yaml").read_text(encoding="utf-8")
    assert old in text
    path = folder / "school_roll.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_every_linked_feed_is_in_contract_and_has_the_fields_that_are_compared() -> None:
    for feed, terms in load().items():
        contract = contracts.load()[feed]
        assert {contract.column(column).name for column in terms.fields.values()} == set(terms.fields.values())
        assert contract.column(terms.fields["name"]).sealed
        assert contract.column(terms.fields["phone"]).sealed


def test_the_school_roll_is_read() -> None:
    terms = load()["school_roll"]
    assert (terms.threshold, terms.lead, terms.ages) == (0.99, 100.0, (2, 25))
    assert terms.compared_where == (("name",), ("phones",), ("birth_date", "surname"))
    assert [level.name for level in terms.comparisons["name"]] == ["same", "one_slip", "different"]
    assert (terms.threshold_bits, terms.lead_bits) == pytest.approx((6.629357, 6.643856))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("same: 0.9365", "same: 0.93", "same of all levels of name adds up to 0.993500 instead of 1"),
        ("threshold: 0.99", "threshold: 1", "threshold must be a number above 0 and below 1"),
        ("threshold: 0.99", "threshold: sure", "threshold must be a number"),
        ("- [phones]", "- [phone]", "expected a list out of name, birth_date, phones, surname"),
        ("level: nobodys, same", "level: nobodys, when: 1 = 1, same", "every level but the last says `when`"),
        ("fields: {name: name,", "fields: {", "fields.name must be a str"),
    ],
)
def test_what_is_malformed_is_told_by_file_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(LinkageError, match=r"school_roll\.yaml, line \d+") as error:
        read(changed(tmp_path, old, new))
    assert said in str(error.value)


def test_another_text_is_another_version(tmp_path: Path) -> None:
    assert read(changed(tmp_path, "lead: 100", "lead: 50")).version != load()["school_roll"].version
