"""The lake's door: runs are whole or invisible, equal content has one hash, torn tables are refused."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from jobs.tables import Tables
from profiles.errors import KeyMaterialError, TableCorrupt, TableMissing

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DAY = date(2026, 3, 1)
ROWS = [(number, f"row {number}", None if number % 3 else "third") for number in range(20)]
SCHEMA = "id INT, text STRING, sometimes STRING"


def test_what_was_written_is_read_back_with_its_count(tmp_lake: Tables, spark: "SparkSession") -> None:
    manifest = tmp_lake.write("things", spark.createDataFrame(ROWS, SCHEMA), day=DAY, extra={"registry": "v1"})
    assert (manifest.rows, manifest.run, manifest.extra) == (20, "2026-03-01.001", {"registry": "v1"})
    assert sorted(map(tuple, tmp_lake.read("things", spark).collect())) == ROWS


def test_order_and_partitions_do_not_change_the_hash_and_a_rerun_keeps_the_run(
    tmp_lake: Tables, spark: "SparkSession"
) -> None:
    first = tmp_lake.write("things", spark.createDataFrame(ROWS, SCHEMA).coalesce(1), day=DAY)
    again = tmp_lake.write("things", spark.createDataFrame(ROWS[::-1], SCHEMA).repartition(5), day=DAY)
    assert again.unchanged
    assert again.content_hash == first.content_hash
    assert tmp_lake.path("things").name == "run=2026-03-01.001"


@pytest.mark.parametrize(
    "other",
    [ROWS[1:], [*ROWS, ROWS[0]], [(0, None, "row 0"), *ROWS[1:]], [(0, "row 0", None), *ROWS[1:]]],
    ids=["a row less", "a row twice", "a value in the next column", "a value that became null"],
)
def test_any_other_content_has_another_hash(
    tmp_lake: Tables, spark: "SparkSession", other: list[tuple[int, str | None, str | None]]
) -> None:
    first = tmp_lake.write("things", spark.createDataFrame(ROWS, SCHEMA), day=DAY)
    second = tmp_lake.write("things", spark.createDataFrame(other, SCHEMA), day=DAY)
    assert second.content_hash != first.content_hash
    assert second.run == "2026-03-01.002"


def test_a_missing_table_says_what_to_run(tmp_lake: Tables, spark: "SparkSession") -> None:
    with pytest.raises(TableMissing, match=r"no table things .*python -m jobs all"):
        tmp_lake.read("things", spark)
    assert tmp_lake.read_or_empty("things", SCHEMA, spark).count() == 0


def test_a_torn_run_is_refused_by_name_and_the_next_write_heals_it(tmp_lake: Tables, spark: "SparkSession") -> None:
    manifest = tmp_lake.write("things", spark.createDataFrame(ROWS, SCHEMA), day=DAY)
    part = tmp_lake.path("things") / next(name for name in manifest.files if name.endswith(".parquet"))
    part.write_bytes(part.read_bytes()[:-10])
    with pytest.raises(TableCorrupt, match=f"things .* {part.name} .* another size"):
        tmp_lake.read("things", spark)
    tmp_lake.write("things", spark.createDataFrame(ROWS, SCHEMA), day=DAY)
    assert tmp_lake.read("things", spark).count() == 20


def test_a_failing_write_leaves_the_current_run(tmp_lake: Tables, spark: "SparkSession") -> None:
    tmp_lake.write("things", spark.createDataFrame(ROWS, SCHEMA), day=DAY)
    broken = spark.createDataFrame([("not a number",)], "text STRING").selectExpr("CAST(text AS INT) AS id")
    with pytest.raises(Exception, match="CAST_INVALID_INPUT"):
        tmp_lake.write("things", broken, day=DAY)
    assert tmp_lake.read("things", spark).count() == 20
    assert [run.name for run in (tmp_lake.root / "things").glob("run=*")] == ["run=2026-03-01.001"]


def test_files_are_kept_whole_and_old_runs_are_forgotten(tmp_lake: Tables) -> None:
    for number in range(6):
        tmp_lake.write_files("model", {"a.npz": bytes([number])}, day=DAY)
    assert (tmp_lake.path("model") / "a.npz").read_bytes() == b"\x05"
    assert len(list((tmp_lake.root / "model").glob("run=*"))) == 3


def things(spark: "SparkSession", *numbers: int) -> "DataFrame":
    return spark.createDataFrame([(number,) for number in numbers], "id INT")


def test_a_slot_of_a_log_is_replaced_alone(tmp_lake: Tables, spark: "SparkSession") -> None:
    for slot, numbers in (("2026-03-02", (3,)), ("2026-03-01", (1, 2)), ("2026-03-01~a-000001", (9,))):
        tmp_lake.write("log", things(spark, *numbers), day=DAY, slot=slot)
    again = tmp_lake.write("log", things(spark, 4, 5), day=DAY, slot="2026-03-01")
    assert again.run == "2026-03-01.002"
    runs = ["2026-03-01.002", "2026-03-01~a-000001.001", "2026-03-02.001"]
    assert [manifest.run for manifest in tmp_lake.manifests("log")] == runs
    assert [manifest.slot for manifest in tmp_lake.manifests("log")] == [run[:-4] for run in runs]
    assert sorted(row["id"] for row in tmp_lake.read("log", spark).collect()) == [3, 4, 5, 9]
    assert [row["id"] for row in tmp_lake.read("log", spark, "2026-03-02.001").collect()] == [3]
    assert tmp_lake.write("log", things(spark, 5, 4), day=DAY, slot="2026-03-01").unchanged


def test_what_is_rewritten_or_dropped_leaves_the_disk(tmp_lake: Tables, spark: "SparkSession") -> None:
    for day, numbers in ((1, (1, 2)), (2, (2, 3)), (3, (5,))):
        tmp_lake.write("log", things(spark, *numbers), day=DAY, slot=f"2026-03-0{day}", extra={"mode": "whole"})
    tmp_lake.write("log", things(spark, 1, 2, 7), day=DAY, slot="2026-03-01", extra={"mode": "whole"})
    written = tmp_lake.rewrite("log", spark, lambda rows: rows.where("id <> 2"), {"key_id": "k2"})
    assert [(one.rows, one.extra) for one in written] == [(n, {"mode": "whole", "key_id": "k2"}) for n in (2, 1, 1)]
    assert sorted(row["id"] for row in tmp_lake.read("log", spark).collect()) == [1, 3, 5, 7]
    assert len(list((tmp_lake.root / "log").glob("run=*"))) == 3
    assert tmp_lake.drop("log", keep=lambda manifest: manifest.slot > "2026-03-01") == 1
    assert [manifest.slot for manifest in tmp_lake.manifests("log")] == ["2026-03-02", "2026-03-03"]
    assert (tmp_lake.drop("log"), tmp_lake.exists("log"), tmp_lake.manifests("log")) == (2, False, ())
    assert not (tmp_lake.root / "log").exists()


def test_what_was_made_under_other_keys_is_not_read(tmp_lake: Tables, spark: "SparkSession") -> None:
    old, new = Tables(tmp_lake.root, "k1"), Tables(tmp_lake.root, "k2")
    old.write("log", things(spark, 1), day=DAY, slot="2026-03-01")
    old.write_files("model", {"a": b"1"}, day=DAY)
    for read in (new.manifest, new.manifests, lambda table: new.read(table, spark)):
        with pytest.raises(KeyMaterialError, match=r"Table log was made under key k1, and the settings name k2"):
            read("log")
    assert new.manifest("model").files == {"a": 1}
    assert (new.names(), new.key_ids("log"), new.key_ids("model")) == (("log", "model"), {"k1"}, {""})
    old.rewrite("log", spark, lambda rows: rows, key_id="k2")
    assert (new.manifest("log").rows, new.key_ids("log")) == (1, {"k2"})


def test_an_id_of_keys_names_the_same_keys_for_good(tmp_lake: Tables) -> None:
    first, second = Tables(tmp_lake.root, "k1"), Tables(tmp_lake.root, "k2")
    first.vouch("aaaa")
    first.vouch("aaaa")
    second.vouch("bbbb")
    with pytest.raises(KeyMaterialError, match=r"not those that .* knows as k1: nobody would be recognised"):
        first.vouch("bbbb")
    assert first.names() == ()
