"""Spark's workers, the driver and the plain functions read the same texts alike."""

import pytest

from tagging.texts import permits, titles, trades
from tagging.texts.columns import read_scopes, read_titles

FIRMS = [("上海某某餐饮有限公司", "餐饮服务，卷烟零售"), ("甲厂", "五金冲件"), ("", "asdf"), ("乙", "")]
JOBS = ["会计", "急聘保安", "asdf", ""]


@pytest.mark.parametrize("here", [False, True])
def test_scopes_in_spark_read_as_they_do_plainly(spark, here):
    found = read_scopes(spark.createDataFrame(FIRMS, "name STRING, scope STRING"), here=here).collect()
    plain = trades.read([name for name, _ in FIRMS], [scope for _, scope in FIRMS])
    told = {(row.name, row.scope): row for row in found}
    assert len(told) == len(FIRMS)
    for (name, scope), read in zip(FIRMS, plain, strict=True):
        row = told[name, scope]
        assert [tuple(one) for one in row.trades] == [(one.industry, one.main, one.confidence) for one in read]
        assert [tuple(one) for one in row.permits_needed] == [(one.type, one.said) for one in permits.read(scope)]


@pytest.mark.parametrize("here", [False, True])
def test_titles_in_spark_read_as_they_do_plainly(spark, here):
    found = read_titles(spark.createDataFrame([(job,) for job in JOBS], "job_title STRING"), here=here).collect()
    plain = dict(zip(JOBS, titles.read(JOBS), strict=True))
    assert {row.job_title: row.occupation_read for row in found} == {job: read.code for job, read in plain.items()}
    sure = {row.job_title: row.occupation_confidence for row in found}
    assert sure == {job: read.confidence if read.code else None for job, read in plain.items()}


@pytest.mark.parametrize("here", [False, True])
def test_no_text_is_no_row(spark, here):
    assert read_titles(spark.createDataFrame([], "job_title STRING"), here=here).collect() == []
