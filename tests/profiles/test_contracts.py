"""All feeds are in contract, by the open standard; a contract that breaks it is told by file and line."""

import re
from pathlib import Path

import pytest

from profiles import contracts
from profiles.errors import ContractError

FEEDS = {
    *("residents", "documents", "vital_events", "kinship", "employment", "social_insurance", "unemployment"),
    *("housing_fund", "property", "schooling", "medical_insurance", "hardship", "vehicles", "enterprises", "permits"),
    *("enterprise_reports", "mandates", "cases", "page_events", "ratings", "school_roll", "households"),
    *("vacancies", "job_applications", "labour_disputes"),
}


def changed(folder: Path, feed: str, old: str, new: str) -> Path:
    text = (contracts.FOLDER / f"{feed}.yaml").read_text(encoding="utf-8")
    assert old in text
    path = folder / f"{feed}.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_twenty_five_feeds_are_in_contract() -> None:
    assert set(contracts.load()) == FEEDS


def test_every_contract_names_its_owner_in_both_languages_its_freshness_and_its_uses() -> None:
    for contract in contracts.load().values():
        assert re.search("[\u4e00-\u9fff]", contract.owner.zh)
        assert contract.owner.en.isascii()
        assert contract.freshness_days is not None
        assert "display" in contract.uses


def test_hardship_and_tax_are_barred_from_ranking() -> None:
    barred = {feed for feed, contract in contracts.load().items() if "ranking" not in contract.uses}
    assert {"hardship", "enterprise_reports"} <= barred


def test_identity_numbers_and_sealed_columns_are_restricted_in_feeds_about_persons() -> None:
    for contract in contracts.load().values():
        for column in contract.columns:
            if column.sealed or column.type == "resident_id":
                assert column.sensitivity == "restricted", (contract.feed, column.name)


def test_a_contract_is_read_column_by_column() -> None:
    contract = contracts.load()["permits"]
    assert contract.key == ("enterprise", "type", "number", "as_of")
    assert contract.schema == {
        "enterprise": "STRING",
        "type": "STRING",
        "number": "STRING",
        "issuer": "STRING",
        "issuer_region": "STRING",
        "issued_on": "DATE",
        "expires_on": "DATE",
        "status": "STRING",
        "as_of": "DATE",
    }
    assert contract.column("enterprise").identifies == "enterprise"
    assert contract.column("status").allowed == ("valid", "revoked")
    assert [rule.name for rule in contract.rules] == ["issued_before_expiry"]


def test_a_word_that_the_standard_does_not_know_is_told_by_file_and_line(tmp_path: Path) -> None:
    path = changed(tmp_path, "vehicles", "        encryptedName: plate\n", "        encryptedname: plate\n")
    line = path.read_text(encoding="utf-8").split("\n").index("        encryptedname: plate") + 1
    with pytest.raises(ContractError, match="breaks the Open Data Contract Standard") as error:
        contracts.read(path)
    assert "encryptedname" in str(error.value)
    assert abs(int(re.findall(r"line (\d+)", str(error.value))[0]) - line) <= 10


def test_a_type_that_the_house_does_not_know_is_told_by_file_and_line(tmp_path: Path) -> None:
    path = changed(tmp_path, "vehicles", "physicalType: DATE", "physicalType: DATUM")
    line = path.read_text(encoding="utf-8").split("\n").index("        physicalType: DATUM") + 1
    with pytest.raises(ContractError, match=rf"vehicles\.yaml, line {line}: 'DATUM' is none of"):
        contracts.read(path)


def test_an_owner_in_one_language_is_not_enough(tmp_path: Path) -> None:
    path = changed(tmp_path, "vehicles", ", en: Public Security (traffic)}}", "}}")
    with pytest.raises(ContractError, match="owner must be written as"):
        contracts.read(path)


def test_sealed_columns_need_a_subject(tmp_path: Path) -> None:
    path = changed(tmp_path, "vehicles", "  - {property: subject, value: person}\n", "")
    with pytest.raises(ContractError, match="must name its subject"):
        contracts.read(path)


def test_malformed_yaml_is_told_by_its_line(tmp_path: Path) -> None:
    path = changed(tmp_path, "vehicles", "version: 1.0.0", "version: 1: 0")
    with pytest.raises(ContractError, match=r"vehicles\.yaml, line 6, is not YAML"):
        contracts.read(path)
