"""A list becomes services whole or not at all, and every fault is named by its line and its column."""

from datetime import date
from types import MappingProxyType

import msgspec
import pytest

from recommender.catalogue import Evidence, Text, load
from recommender.sheets.imported import Imported, Office, changed_services, new_services
from recommender.sheets.listed import listed
from recommender.terms import Effort, Window
from tests.recommender.sheets.by_hand import OFFICE, ROW, sheet, sound


def without_services() -> Office:
    bare = msgspec.structs.replace(load(), services=(), bundles=(), by_id=MappingProxyType({}))
    return Office(bare, OFFICE.authorities, OFFICE.tag_rules)


def faults(*rows: dict[str, str]) -> list[str]:
    read = new_services(sheet(*rows), OFFICE)
    assert bool(read.faults) != bool(read.services)
    return [str(fault) for fault in read.faults]


def test_the_whole_catalogue_as_a_list_is_imported_as_the_same_services() -> None:
    whole = listed(load().services, OFFICE.columns).encode()
    read = new_services(whole, without_services())
    assert read.faults == ()
    assert read.services == load().services
    assert changed_services(whole, OFFICE) == Imported((), (), ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_row_becomes_a_service_whatever_the_office_wrote_it_with(encoding: str) -> None:
    read = new_services(sheet(sound()).decode().encode(encoding), OFFICE)
    assert read.faults == ()
    (service,) = read.services
    assert (service.id, service.audience, service.stage, service.type) == (
        "nursing_bed",
        "person",
        "old_age",
        "benefit",
    )
    assert service.name == Text(zh="家庭照护床位申请", en="A nursing bed at home")
    assert (service.authority.code, service.themes, service.events) == (
        "public_security",
        ("005", "075"),
        ("birth", "renting"),
    )
    assert service.evidence == (
        Evidence(name=Text(zh="居民身份证", en="Identity card"), satisfied_by="document:ID_CARD"),
        Evidence(name=Text(zh="体检报告", en="Medical report"), deferrable=True),
    )
    assert service.usual == Effort(days=20, minutes=60, steps=4, trips=2)
    assert (service.window, service.valid_from) == (Window("05-01", "05-31"), date(2026, 1, 1))
    assert (service.contactless, service.cost_yuan, service.channels.phone) == (True, 12.5, "021-0000-0110")


def test_english_headers_are_read_as_well() -> None:
    english = {OFFICE.columns.by_name[name].en: cell for name, cell in ROW.items()}
    assert new_services(sheet(english), OFFICE) == new_services(sheet(sound()), OFFICE)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("承诺时限（工作日）", "七天", " (processing_days): expected a whole number in digits, got “七天”"),
        ("网上办理", "部分", " (online): expected 是 or 否 (yes or no), got “部分”"),
        ("施行日期", "2026-02-30", " (valid_from): expected a day such as 2026-11-22, got “2026-02-30”"),
        ("收费（元）", "免费", " (cost_yuan): expected an amount of yuan in digits, such as 60 or 12.50, got “免费”"),
        ("主题编码", "生育", " (themes): expected codes of themes in digits, such as 005、010, got “生育”"),
        ("每年受理开始", "五月", " (opens): expected a day of the year such as 05-01, got “五月”"),
        ("服务对象", "机关", " (audience): expected one of 个人 (person)、企业 (enterprise), got “机关”"),
        ("实施部门", "养老局", " (authority): expected one of 市公安局 (public_security)、"),
        ("材料清单", "身份证", " (evidence): expected a paper a line as 中文名称 | English name |"),
        ("事项编码", "", " (id): expected a value, for every service has one, got nothing"),
        ("事项编码", "senior_card", " (id): expected an id that is not taken; --update changes services"),
        ("事项名称（英文）", "", " (name_en): expected the English of “家庭照护床位申请”, for texts come in"),
        ("办理结果", "", " (output_zh): expected the Chinese of “Confirmation”, for texts come in both languages"),
        ("原到现场次数", "", " (usual_trips): expected a value, for every service has one, got nothing"),
        ("每年受理截止", "", " (closes): expected a value, for the list gives 每年受理开始, got nothing"),
    ],
)
def test_a_fault_is_named_by_its_line_and_column_and_what_was_expected(column: str, cell: str, said: str) -> None:
    (found,) = faults(sound(事项编码="another"), sound(**{column: cell}))
    assert found.startswith(f"line 4, column {column}{said}")


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("主题编码", "777", "nursing_bed: no person theme 777"),
        ("办理条件", "agd(80)", "nursing_bed: agd: no such word; did you mean aged?"),
        ("法定时限（工作日）", "1", "nursing_bed: it takes 5 days, more than the 1 of the usual way"),
        ("设定依据", "上级文件", "nursing_bed: the legal basis cites no law in 《》"),
    ],
)
def test_a_list_goes_through_the_catalogues_own_check(column: str, cell: str, said: str) -> None:
    (found,) = faults(sound(事项编码="another"), sound(**{column: cell}))
    assert found.startswith(f"line 4: expected a service that passes the check, got {said}")


def test_a_list_with_one_fault_gives_no_service_at_all_and_every_fault_is_told() -> None:
    read = new_services(
        sheet(sound(事项编码="a"), sound(网上办理="?", 到现场次数="?"), sound(事项编码="b", 施行日期="?")), OFFICE
    )
    assert (read.entries, read.services) == ((), ())
    told = [(fault.line, fault.column) for fault in read.faults]
    assert told == [(4, "到现场次数 (trips)"), (4, "网上办理 (online)"), (6, "施行日期 (valid_from)")]


def test_an_id_twice_in_one_list_is_a_fault_of_the_second() -> None:
    assert faults(sound(), sound()) == [
        "line 4, column 事项编码 (id): expected each id once, and line 2 has it, got “nursing_bed”"
    ]


def test_a_list_of_contactless_services_changes_that_alone() -> None:
    rows = [{"事项编码": "id_card_renewal", "不见面办理": "否"}, {"事项编码": "hkm_permit_renewal", "不见面办理": "否"}]
    read = changed_services(sheet(*rows), OFFICE)
    assert read.faults == ()
    changed = [row["事项编码"] for row in rows if load().service(row["事项编码"]).contactless]
    assert "hkm_permit_renewal" in changed
    assert read.entries == tuple({"id": name, "contactless": False} for name in changed)
    assert read.services == tuple(msgspec.structs.replace(load().service(n), contactless=False) for n in changed)


def test_an_update_keeps_what_its_cells_do_not_say_within_a_counter_or_a_name() -> None:
    row = {"id": "pension_check", "phone": "12345", "name_zh": "养老认证", "name_en": "Pension check"}
    (service,) = changed_services(sheet(row), OFFICE).services
    now = load().service("pension_check")
    channels = msgspec.structs.replace(now.channels, phone="12345")
    name = Text(zh="养老认证", en="Pension check")
    assert service == msgspec.structs.replace(now, channels=channels, name=name)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "flying", "trips": "0"}, "(id): expected the id of a service of the catalogue, got “flying”"),
        ({"id": "pension_check", "name_zh": "认证"}, "(name_en): expected the English of “认证”"),
        ({"id": "birth_registration", "trips": "x"}, "(trips): expected a whole number in digits"),
        ({"id": "hkm_permit_renewal", "trips": "1"}, "got hkm_permit_renewal: a contactless service needs an online"),
    ],
)
def test_an_update_that_cannot_be_is_named_and_changes_nothing(row: dict[str, str], said: str) -> None:
    read = changed_services(sheet(row), OFFICE)
    assert read.services == ()
    assert [said in str(fault) for fault in read.faults] == [True]
