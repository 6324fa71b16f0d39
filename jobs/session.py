"""The one door to Spark: every session is made here, and nowhere else."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from jobs.java import java_home
from jobs.settings import Settings

# A feed's checks and a kind's tags compile to methods longer than Java otherwise leaves interpreted, at half the speed.
_LONG_METHODS = "-XX:-DontCompileHugeMethods"

# For minutes over little data, such as a demo's and a test's: there compiling costs more than the rows themselves.
SHORT_RUNS: Mapping[str, str] = MappingProxyType(
    {
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseParallelGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
)

_RULES = "org.apache.spark.sql.catalyst.optimizer"
# What saves time over many rows and costs it over a handful: these rules of Spark's optimizer change no answer.
_FOR_MANY_ROWS = (
    "BooleanSimplification", "CollapseProject", "ColumnPruning", "ConstantFolding", "ConstantPropagation",
    "EliminateSorts", "FoldablePropagation", "InferFiltersFromConstraints", "InferFiltersFromGenerate",
    "LikeSimplification", "NullPropagation", "OptimizeCsvJsonExprs", "OptimizeIn", "OptimizeOneRowRelationSubquery",
    "PruneFilters", "PushDownPredicates", "RemoveRedundantAliases", "ReorderAssociativeOperator",
    "SimplifyBinaryComparison", "SimplifyCaseConversionExpressions", "SimplifyCasts", "SimplifyConditionals",
    "SimplifyExtractValueOps",
)  # fmt: skip

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def spark_session(settings: Settings) -> "SparkSession":
    """A session on ``settings.spark_master``; local by default, in civil time of Asia/Shanghai.

    Raises:
        SettingsError: no Java is to be had.
    """
    local = settings.spark_master.startswith("local")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    if local:
        os.environ["JAVA_HOME"] = str(java_home())
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    conf = {
        "spark.sql.session.timeZone": "Asia/Shanghai",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.warehouse.dir": tempfile.gettempdir() + "/yidang-warehouse",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.driver.extraJavaOptions": _LONG_METHODS,
        "spark.executor.extraJavaOptions": _LONG_METHODS,
        # Reasons in exceptions must not carry rows.
        "spark.sql.debug.maxToStringFields": "0",
        **(_local_conf(settings) if local else {}),
        **settings.spark_conf,
    }
    builder = SparkSession.builder.appName("yidang").master(settings.spark_master)
    for name, value in conf.items():
        builder = builder.config(name, value)
    # They log what failed with the values in it; what a job needs to say it says itself, and --trace shows the rest.
    for name in ("py4j", "SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with _jvm_unheard():
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def few_rows_session(spark: "SparkSession") -> "SparkSession":
    """A session of the same Spark for plans over a handful of rows: one partition, nothing compiled, little optimized.

    There planning takes the time, not the rows.
    """
    session = spark.newSession()
    conf = {
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.optimizer.dynamicPartitionPruning.enabled": "false",
        "spark.sql.optimizer.excludedRules": ",".join(f"{_RULES}.{rule}" for rule in _FOR_MANY_ROWS),
    }
    for name, value in conf.items():
        session.conf.set(name, value)
    return session


@contextmanager
def _jvm_unheard() -> Iterator[None]:
    """What is started meanwhile says nothing on stderr: the JVM greets at length, and later would quote rows."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _local_conf(settings: Settings) -> dict[str, str]:
    return {
        "spark.driver.memory": settings.driver_memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4",
        "spark.default.parallelism": "2",
        "spark.scheduler.mode": "FAIR",
    }
