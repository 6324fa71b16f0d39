"""Vacancies and seekers of a small town, for tests of how they are matched."""

from dataclasses import replace
from datetime import date, timedelta

from recommender.vacancies.matching import Seeker
from recommender.vacancies.terms import Vacancy

DAY = date(2026, 11, 22)
COOK = Vacancy(
    id="ZP000001",
    title="厨师",
    employer="玉兰餐饮",
    occupation="4-03-02-01",
    division="310115",
    education="",
    wage_from=6000,
    wage_to=8000,
    places=2,
    opens_on=DAY - timedelta(days=5),
    closes_on=DAY + timedelta(days=20),
    as_of=DAY - timedelta(days=5),
)
WAITER = replace(
    COOK, id="ZP000002", title="餐厅服务员", occupation="4-03-02-05", employer="和畅餐饮", division="310101"
)
ENGINEER = replace(
    COOK, id="ZP000003", title="软件工程师", occupation="2-02-10-03", employer="云序科技", education="bachelor"
)
OVER = replace(COOK, id="ZP000004", closes_on=DAY - timedelta(days=1))
TO_COME = replace(COOK, id="ZP000005", opens_on=DAY + timedelta(days=1))
VACANCIES = (COOK, WAITER, ENGINEER, OVER, TO_COME)

A_COOK = Seeker("4-03-02-01", "310101", "junior")
A_GRADUATE = Seeker("", "310115", "bachelor")
NOBODY_KNOWN = Seeker("", "", "")
