"""Files and rules for property tests: mostly NULLs, leap days, year ends and dates that just hit or miss."""

from datetime import date, timedelta

from hypothesis import strategies as st

from profiles.model import Kind

LEAP_DAY = date(2024, 2, 29)
DAYS = st.one_of(
    st.just(LEAP_DAY),
    st.sampled_from([date(2025, 2, 28), date(2025, 3, 1), date(2023, 12, 31), date(2024, 1, 1), date(2100, 2, 28)]),
    st.dates(date(1990, 1, 1), date(2040, 12, 31)),
)
# Few values, so that files and rules meet: a rule about 60 years is put to people of 60 years and a day.
YEARS = st.sampled_from([1, 6, 60])
SPANS = st.sampled_from([30, 365])
TYPES = st.sampled_from(["ID_CARD", "HKM_PERMIT"])
LINKS = st.sampled_from(["child", "child", "parent", "spouse"])
EVENTS = st.sampled_from(["birth", "moved"])
SERVICES = st.sampled_from(["pension_check", "startup_loan"])
CODES = st.sampled_from(["31", "3101", "310115", "6", "62", "6210", "2-08", "2-08-02-04"])


# Where engines part: texts with other case, blanks at the end or none at all; the ends of INT; zeros with a sign,
# NaN and what lies beyond all numbers (as texts, which JSON takes where it takes no such number).
TEXTS = st.sampled_from([None, "male", "female", "male ", "Male", "", "x"])
NUMBERS = st.sampled_from([None, 0, 1, 2, 19, 20, -1, 2**31 - 1, -(2**31)])
AMOUNTS = st.sampled_from([None, 0.0, -0.0, 0.1, 1000.5, -1.0, 1e6, 1e308, "NaN", "Infinity", "-Infinity"])


def years_before(day: date, years: int) -> date:
    """A birthday; 28 February where the 29th does not exist."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


@st.composite
def near(draw: st.DrawFn, day: date) -> date | None:
    """NULL, or a date that rules about ``day`` hit or miss by at most a day."""
    far = draw(st.sampled_from(["none", "years", "years", "years", "days", "days", "leap"]))
    if far == "none":
        return None
    if far == "leap":
        return date(draw(st.sampled_from([1924, 1964, 2000, 2004, 2020, 2024, 2028])), 2, 29)
    slip = timedelta(days=draw(st.integers(-1, 1)))
    if far == "years":
        return years_before(day, draw(YEARS)) + slip
    return day + draw(st.sampled_from([-1, 1])) * timedelta(days=draw(SPANS)) + slip


def listed(item: st.SearchStrategy[dict[str, object]]) -> st.SearchStrategy[list[dict[str, object] | None] | None]:
    """NULL, or up to three items, of which some may be NULL."""
    return st.none() | st.lists(st.one_of(item, item, item, st.none()), max_size=3)


@st.composite
def files(draw: st.DrawFn, kind: Kind) -> dict[str, object]:
    """A file of ``kind`` on a day of its own."""
    day = draw(DAYS)
    dates, maybe = near(day), st.none() | CODES
    own: dict[str, st.SearchStrategy[object]] = (
        {
            "birth_date": dates,
            "sex": TEXTS,
            "education": st.sampled_from([None, "junior", "bachelor"]),
            "hukou_division": maybe,
            "residence_division": maybe,
            "resident_since": dates,
            "occupation": maybe,
            "occupation_read": maybe,
            "employed_since": dates,
            "pension_checked_on": dates,
            "vehicles": NUMBERS,
            "housing_fund_balance": AMOUNTS,
        }
        if kind == "person"
        else {
            "scope": st.sampled_from([None, "餐饮服务", "服装零售\n批发", "50%", "", " ", "😀装", "装", "批发 "]),
            "industry": maybe,
            "trades": listed(st.fixed_dictionaries({"industry": maybe, "main": st.sampled_from([True, False, None])})),
            "permits_needed": listed(st.fixed_dictionaries({"type": st.none() | TYPES})),
            "division": maybe,
            "founded_on": dates,
            "employees": NUMBERS,
            "capital_yuan": AMOUNTS,
            "last_report_year": st.sampled_from([None, day.year - 2, day.year - 1, day.year]) | NUMBERS,
        }
    )
    nested: dict[str, st.SearchStrategy[object]] = {
        "documents": listed(
            st.fixed_dictionaries(
                {
                    "type": st.none() | TYPES,
                    "status": st.sampled_from(["valid", "valid", "revoked", None]),
                    "issued_on": dates,
                    "expires_on": dates,
                }
            )
        ),
        "links": listed(
            st.fixed_dictionaries(
                {
                    "kind": st.none() | LINKS,
                    "other": st.sampled_from([None, "x", "y"]),
                    "since": dates,
                    "until": dates,
                    "birth_date": dates,
                }
            )
        ),
        "events": listed(st.fixed_dictionaries({"kind": st.none() | EVENTS, "happened_on": dates})),
        "cases": listed(
            st.fixed_dictionaries(
                {"service": SERVICES, "status": st.sampled_from(["done", "failed", None]), "finished_on": dates}
            )
        ),
    }
    return {"subject": "a", "as_of": day, **draw(st.fixed_dictionaries({**own, **nested}))}


def _moments() -> st.SearchStrategy[str]:
    shifted = st.builds("as_of {} INTERVAL {} {}".format, st.sampled_from("+-"), SPANS, st.just("DAY"))
    longer = st.builds(
        "as_of {} INTERVAL {} {}".format,
        st.sampled_from("+-"),
        st.sampled_from([1, 6, 60]),
        st.sampled_from(["MONTH", "YEAR"]),
    )
    return shifted | longer | st.sampled_from(["as_of", "'2024-02-29'", "DATE '2025-03-01'"])


# Two values, and so many that an engine looks them up instead of comparing.
_MANY = st.sampled_from(["0, 1", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 19", "-1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20"])
_ORDER = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def leaves(kind: Kind) -> st.SearchStrategy[str]:
    """One word or comparison as rule text."""
    both = [
        st.builds("holds('{}')".format, TYPES),
        st.builds("expires_within('{}', {})".format, TYPES, SPANS),
        st.builds("expired_within('{}', {})".format, TYPES, SPANS),
        st.builds("any_expires_within({})".format, SPANS),
        st.builds("has('{}')".format, LINKS),
        st.builds("within_days_of('{}', {})".format, EVENTS, SPANS),
        st.builds("has_done('{}')".format, SERVICES),
        st.builds("from_day('{}')".format, DAYS),
        st.builds("lives_in('{}')".format, CODES),
    ]
    person = [
        st.builds("aged({})".format, YEARS),
        st.builds(lambda a, b: f"has_child_aged({a}, {b})", st.sampled_from([0, 1]), st.sampled_from([6, 60])),
        st.builds("has_two_children_under({})".format, YEARS),
        st.builds("has_parent_aged({})".format, YEARS),
        st.builds("pension_age_within({})".format, st.sampled_from([0, 1, 3])),
        st.builds("registered_in('{}', '{}')".format, CODES, CODES),
        st.builds("employed_as('{}')".format, CODES),
        st.builds("birth_date {} {}".format, _ORDER, _moments()),
        st.builds("pension_checked_on BETWEEN {} AND {}".format, _moments(), _moments()),
        st.builds("vehicles {} {}".format, _ORDER, st.integers(-1, 2)),
        st.builds(
            "housing_fund_balance {} {}".format, _ORDER, st.sampled_from(["0", "1000.5", "-1", "999999999999999"])
        ),
        st.builds("housing_fund_balance IN ({})".format, _MANY),
        st.builds("vehicles BETWEEN {} AND {}".format, st.integers(-1, 2), st.sampled_from([1, 999999999999999])),
        st.sampled_from(
            [
                "sex = 'male'",
                "sex IN ('male', 'x')",
                "sex IS NULL",
                "hukou_division <> residence_division",
                "sex <> ''",
                "sex LIKE 'male'",
                "sex LIKE '_ale%'",
                "sex LIKE ''",
                "birth_date <= employed_since",
            ]
        ),
    ]
    enterprise = [
        st.builds("industry_in('{}', '{}')".format, CODES, CODES),
        st.builds("trade_in('{}')".format, CODES),
        st.builds("needs_permit('{}')".format, TYPES),
        st.just("report_due()"),
        st.builds("founded_on {} {}".format, _ORDER, _moments()),
        st.builds("scope LIKE '{}'".format, st.sampled_from(["%餐饮%", "%批发", "_装%", "50%", "", "%"])),
        st.builds("employees {} {}".format, _ORDER, st.sampled_from([0, 19, 20, 2147483648])),
        st.builds("employees IN ({})".format, _MANY),
        st.builds("capital_yuan {} {}".format, _ORDER, st.sampled_from(["0", "0.1", "-1"])),
        st.builds("capital_yuan IN ({})".format, _MANY),
        st.sampled_from(["capital_yuan IN (0.1, 1000000)", "tax_status IS NOT NULL", "employees <= last_report_year"]),
    ]
    return st.one_of(*both, *(person if kind == "person" else enterprise))


def rules(kind: Kind) -> st.SearchStrategy[str]:
    """A whole rule as text, up to four leaves."""
    return st.recursive(
        leaves(kind),
        lambda part: (
            st.builds("({} AND {})".format, part, part)
            | st.builds("({} OR {})".format, part, part)
            | st.builds("NOT ({})".format, part)
        ),
        max_leaves=4,
    )
