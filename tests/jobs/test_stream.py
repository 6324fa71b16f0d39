"""Fresh events: what lands is on the page soon, gated like the night's, and agrees with the night after it."""

import csv
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from jobs import neighbours
from jobs.batch import pending
from jobs.fresh import Refresher
from jobs.landing import by_folder, written_from_messages
from jobs.run import Context, Summary, run_all
from jobs.stream import Following, Landing, start
from profiles import bindings, contracts
from profiles.errors import BindingError
from profiles.identity.keys import pseudonym
from recommender.own_file import unpack
from recommender.page import Page, decode
from recommender.store import Store
from tests.jobs.night import DAY, KEYS, Night

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WITHIN_SECONDS = 120.0  # a busy machine's patience; the promise of five seconds is measured by `make bench`


@dataclass
class Flow:
    """A city after its night, and a stream that follows its landing folder."""

    context: Context
    folder: Path
    told: list[Summary] = field(default_factory=list)
    stream: Following | None = None

    def begin(self, day: date = DAY) -> None:
        landing = Landing(self.folder / "landing", self.folder / "checkpoint")
        self.stream = start(self.context, landing, lambda: day, lambda summary, _: self.told.append(summary))

    def end(self) -> None:
        if self.stream is not None:
            self.stream.stop()

    def land(self, feed: str, name: str, *rows: dict[str, str]) -> None:
        """Rows in the columns of the night's delivery; columns that are not named are empty."""
        with (self.delivered(feed)).open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        place = self.folder / "landing" / "city" / feed
        place.mkdir(parents=True, exist_ok=True)
        with (place / f".{name}").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
        (place / f".{name}").rename(place / name)

    def land_table(self, feed: str, name: str, rows: pa.Table) -> None:
        """As ``land``, of a feed that is delivered as Parquet."""
        place = self.folder / "landing" / "city" / feed
        place.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, place / f".{name}")
        (place / f".{name}").rename(place / name)

    def delivered(self, feed: str, day: date = DAY) -> Path:
        return self.folder / "city" / "deliveries" / day.isoformat() / f"{feed}.csv"

    def rows(self, feed: str) -> list[dict[str, str]]:
        with self.delivered(feed).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def page(self, subject: str) -> Page | None:
        with Store(self.context.settings.store_url) as store:
            row = store.page(subject)
        return decode(row) if row else None

    def until(self, batches: int) -> float:
        """Seconds until the stream has told of so many batches."""
        begun = time.monotonic()
        while len(self.told) < batches:
            assert self.stream is not None
            assert self.stream.query.exception() is None, self.stream.query.exception()
            assert time.monotonic() - begun < WITHIN_SECONDS, "the batch did not come"
            time.sleep(0.05)
        return time.monotonic() - begun


@pytest.fixture(scope="module")
def flow(night: Night, tmp_path_factory: pytest.TempPathFactory, store_server: str) -> Iterator[Flow]:
    own = night.copied(tmp_path_factory.mktemp("stream"), f"{store_server.rpartition('/')[0]}/7")
    made = Flow(own.context, own.folder)
    made.begin()
    yield made
    made.end()


def subject(number: str) -> str:
    return pseudonym(KEYS, "person", number)


def a_document(flow: Flow, number: str, document: str) -> dict[str, str]:
    """A travel permit as the documents feed delivers one, issued today."""
    told = next(row for row in flow.rows("documents") if "港澳" in row["证照类型"])
    new = {"持证人身份号码": number, "证照号码": document, "签发日期": DAY.isoformat(), "归集日期": DAY.isoformat()}
    return {**told, **new, "有效期至": "2036-11-21", "证照状态": "有效"}


def someone(flow: Flow, place: int) -> str:
    """The identity number of an adult with a page."""
    sound = [row["公民身份号码"] for row in flow.rows("residents") if "1960" < row["出生日期"] < "1995"]
    return [number for number in sound if len(number) == 18 and flow.page(subject(number))][place]


def personas(flow: Flow) -> dict[str, str]:
    """The identity numbers of the demo's residents by what they are called."""
    made = json.loads((flow.folder / "city" / "personas.json").read_text())["personas"]
    return {one["key"]: one["resident_id"] for one in made}


def test_a_new_document_is_on_the_page_and_a_bad_row_in_quarantine(flow: Flow) -> None:
    number = someone(flow, 0)
    before = flow.page(subject(number))
    assert before is not None
    new = a_document(flow, number, "C99887766")
    bad = number[:-1] + ("1" if number[-1] == "0" else "0")
    flow.land("documents", "one.csv", new, {**new, "持证人身份号码": bad})
    flow.until(1)
    counts = flow.told[0].counts
    assert [counts[name] for name in ("files", "delivered", "accepted", "quarantined")] == [1, 2, 1, 1]
    after = flow.page(subject(number))
    assert after is not None
    added = {(one.type, one.issued_on) for one in after.documents} - {(d.type, d.issued_on) for d in before.documents}
    assert added == {("HKM_PERMIT", DAY)}
    told = flow.context.tables.read("quarantine", flow.context.spark).where("file LIKE '%one.csv'").collect()
    assert [(row["row"], row["supplier"]) for row in told] == [(2, "city")]


def test_a_birth_is_on_the_mothers_page(flow: Flow) -> None:
    women = [row for row in flow.rows("residents") if row["性别"] == "女" and "1988" < row["出生日期"] < "2000"]
    others = [row["公民身份号码"] for row in women if row["公民身份号码"] not in personas(flow).values()]
    mother = next(number for number in others if flow.page(subject(number)))
    today = DAY.strftime("%Y年%m月%d日")
    birth = {"登记流水号": "CS999999999", "登记类别": "出生", "发生日期": today, "登记日期": today}
    before = len(flow.told)
    flow.land("vital_events", "birth.csv", {**birth, "当事人身份号码": mother})
    flow.until(before + 1)
    page = flow.page(subject(mother))
    assert page is not None
    assert "newborn" in {bundle.bundle for bundle in page.bundles}


def test_what_a_mother_applies_for_is_under_way_on_the_fathers_page(flow: Flow) -> None:
    mother, father = (personas(flow)[key] for key in ("new_mother", "new_father"))
    today, night = DAY.isoformat(), pq.read_table(flow.delivered("cases").with_suffix(".parquet"))
    case = {"办件编号": "BJ9999999999", "申请人身份号码": mother, "事项编码": "newborn_hukou", "办件状态": "在办"}
    row = {**dict.fromkeys(night.column_names), **case, "申请日期": today, "更新日期": today}
    before = len(flow.told)
    flow.land_table("cases", "case.parquet", pa.Table.from_pylist([row], night.schema))
    flow.until(before + 1)
    page = flow.page(subject(father))
    assert page is not None
    [newborn] = [bundle for bundle in page.bundles if bundle.bundle == "newborn"]
    assert (newborn.in_progress, newborn.by_other) == (("newborn_hukou",), ("newborn_hukou",))
    assert "newborn_hukou" not in {offer.service for offer in page.suggestions}


def test_a_file_that_cannot_be_read_is_told_and_the_next_one_comes_in(flow: Flow) -> None:
    place = flow.folder / "landing" / "city" / "vehicles"
    (place / ".torn").write_text("nothing,of,this\n1,2,3\n", encoding="utf-8")
    before = len(flow.told)
    (place / ".torn").rename(place / "torn.csv")
    flow.until(before + 1)
    assert "has no column" in flow.told[-1].note
    assert (place / "torn.csv").exists()
    number = someone(flow, 1)
    flow.land("documents", "two.csv", a_document(flow, number, "C55"))
    flow.until(before + 2)
    assert flow.told[-1].counts["accepted"] == 1


def test_an_empty_file_is_told(flow: Flow) -> None:
    before = len(flow.told)
    (flow.folder / "landing" / "city" / "vehicles" / "void.csv").touch()
    flow.until(before + 1)
    told = flow.told[-1]
    assert (told.counts["files"], told.counts["delivered"]) == (1, 0)
    assert "void.csv has no column" in told.note
    assert "It has: nothing, not even a header." in told.note


def test_fresh_files_and_pages_equal_what_the_night_makes_of_the_same_rows(flow: Flow) -> None:
    touched = pending(flow.context)
    assert {"cases", "documents", "vital_events"} <= set(touched)
    concerned = neighbours.around(flow.context, touched)
    fresh = Refresher(flow.context).refresh(concerned)
    cases = flow.delivered("cases").with_suffix(".parquet")
    both = [pq.read_table(file) for file in (cases, flow.folder / "landing" / "city" / "cases" / "case.parquet")]
    pq.write_table(pa.concat_tables(both), cases)
    for feed in ("documents", "vital_events"):
        rows = flow.delivered(feed).read_text(encoding="utf-8")
        landed = sorted((flow.folder / "landing" / "city" / feed).glob("*.csv"))
        more = "".join(file.read_text(encoding="utf-8").partition("\n")[2] for file in landed)
        assert "\r" not in rows
        flow.delivered(feed).write_text(rows + more.replace("\r", ""), encoding="utf-8")
    flow.end()
    run_all(flow.context, lambda *_: None, ("gate", "link", "build", "tag", "outlook", "rank", "publish"))
    for kind in ("person", "enterprise"):
        files = flow.context.tables.read(f"{kind}_files", flow.context.spark)
        nightly = {row["subject"]: row for row in files.toArrow().to_pylist()}
        for file in fresh.files[kind].to_pylist():  # type: ignore[index]
            night = nightly[file["subject"]]
            assert {name: file[name] for name in night} == night
    pages = flow.context.tables.read("pages", flow.context.spark).collect()
    nightly_pages = {row["subject"]: bytes(row["payload"]) for row in pages}
    nightly_own = {row["subject"]: unpack(bytes(row["file"])) for row in pages}
    for one, page in fresh.pages.items():
        assert nightly_pages.get(one) == page
    for one, row in fresh.own.items():
        if row is not None:
            own, night = unpack(row), nightly_own[one]
            assert replace(own, tags=()) == replace(night, tags=())
            assert [(t.id, t.since, t.until) for t in own.tags] == [(t.id, t.since, t.until) for t in night.tags]


def test_every_file_belongs_to_the_binding_whose_folder_it_landed_in(tmp_path: Path) -> None:
    bound, _ = bindings.load(["city"], contracts.load())
    found = by_folder(tmp_path, tmp_path / "city" / "documents" / "x.csv", bound)
    assert (found.supplier, found.feed) == ("city", "documents")
    with pytest.raises(BindingError, match=r"no binding names.*city/documents"):
        by_folder(tmp_path, tmp_path / "city" / "papers" / "x.csv", bound)


def test_messages_of_a_broker_become_landed_files(tmp_path: Path, spark: "SparkSession") -> None:
    rows = spark.createDataFrame(
        [("city.documents", '{"a": "1"}'), ("city.documents", '{"a": "2"}'), ("city.permits-2", '{"b": "3"}')],
        "topic STRING, value STRING",
    )
    files = written_from_messages(tmp_path, rows.collect(), "c0-000001")
    assert [str(file.relative_to(tmp_path)) for file in files] == [
        "city/documents/c0-000001.json",
        "city/permits-2/c0-000001.json",
    ]
    assert spark.read.json(str(files[0]), multiLine=True).count() == 2
    assert [path.name for path in (tmp_path / "city" / "documents").iterdir()] == ["c0-000001.json"]
