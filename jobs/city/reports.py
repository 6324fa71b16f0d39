"""Enterprises' yearly reports and tax standing, as far as they were filed; it never decides who ought to file."""

import numpy as np

from jobs.city.columns import NEVER, Column, Columns, on_in_year
from jobs.city.enterprises import CAFE, Enterprises
from jobs.city.response import DONE, service_number

OVERDUE_SHARE = 0.04
REPORT_YEARS = 3


def overdue_since(firms: Enterprises, day: np.datetime64, rng: np.random.Generator) -> Column:
    """Since when an enterprise's taxes are overdue, NaT for the great majority."""
    owes = firms.active & (rng.random(len(firms)) < OVERDUE_SHARE) & (day - firms.founded > np.timedelta64(400, "D"))
    owes[CAFE] = False
    return np.where(owes, day - rng.integers(5, 360, len(firms)).astype("m8[D]"), NEVER)


def yearly_reports(
    firms: Enterprises, needs: Columns, overdue: Column, day: np.datetime64, rng: np.random.Generator
) -> Columns:
    """A row per enterprise and year reported: filed when its case was done, or in time in the years before."""
    this = int(day.astype("M8[Y]").astype(np.int64)) + 1970
    filed = np.full((len(firms), REPORT_YEARS + 1), NEVER)
    mine = (needs["service"] == service_number("annual_report_filing")) & (needs["outcome"] == DONE)
    about = needs["needed_on"][mine].astype("M8[Y]").astype(np.int64) + 1970
    recent = about >= this - REPORT_YEARS
    filed[needs["subject"][mine][recent], this - about[recent]] = needs["finished_on"][mine][recent]
    # Before the two years that the cases cover, everybody filed in spring.
    known = np.datetime64(f"{this - 2}-12-31")
    for back in range(REPORT_YEARS + 1):
        spring: Column = on_in_year(np.full(len(firms), this - back), 3, 1) + rng.integers(0, 110, len(firms)).astype(
            "m8[D]"
        )
        filed[:, back] = np.where(np.isnat(filed[:, back]) & (spring <= known), spring, filed[:, back])
        filed[filed[:, back] < firms.founded, back] = NEVER
    firm, ago = np.nonzero(~np.isnat(filed))
    date = filed[firm, ago]
    newest = np.full(len(firms), NEVER)
    np.fmax.at(newest, firm, date)
    owes = ~np.isnat(overdue[firm]) & (date == newest[firm])
    as_of = np.where(owes, np.fmax(overdue[firm], date), date)
    return {
        "enterprise": firm,
        "year": this - ago - 1,
        "filed_on": date,
        "tax_status": np.where(owes, "overdue", "normal").astype(object),
        "as_of": np.minimum(as_of, day),
    }
