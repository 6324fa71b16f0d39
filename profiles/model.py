"""The shape of a file (档), as plain data that Spark, DuckDB and the rule language read; it never touches a row.

A file has typed columns for what is true of the subject now (``PERSON_COLUMNS``, ``ENTERPRISE_COLUMNS``), each
backed by an entry of ``facts`` that says where it comes from, and nested lists (``NESTED_COLUMNS``) of facts,
documents, links, events and cases. A person's file also says of itself whether it is of somebody known
(``PERSON_MARKS``). ``READ_COLUMNS`` are no facts: they are what was read out of a fact's free text after the build,
each with how sure the reading is; the build leaves them NULL. Types are SQL types that mean the same in Spark and in
DuckDB (``ARRAY<STRUCT<...>>`` in Spark's spelling). A NULL column means unknown; an empty list means none.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Kind = Literal["person", "enterprise"]
KINDS: tuple[Kind, ...] = ("person", "enterprise")

# Raised by one whenever a column is added; a column is never renamed or given another type.
FILE_VERSION = 5

# Not facts: what the build says of the file.
PERSON_MARKS = MappingProxyType(
    {
        # False: nothing with an identity number names the subject. It is a record (a line of a school roll) that is
        # not linked to anybody yet, its file is provisional, and nothing is decided or sent by it.
        "identified": "BOOLEAN",
    }
)

PERSON_COLUMNS = MappingProxyType(
    {
        "birth_date": "DATE",
        "sex": "STRING",  # male, female
        "hukou_division": "STRING",  # GB/T 2260, six digits
        "residence_division": "STRING",
        "resident_since": "DATE",
        "marital_status": "STRING",  # single, married, divorced, widowed
        "education": "STRING",  # primary, junior, senior, vocational, college, bachelor, master, doctor
        "employment_status": "STRING",  # employed, unemployed, none
        "occupation": "STRING",  # 职业分类大典 2022, d-dd-dd-dd
        "employed_since": "DATE",
        "unemployed_since": "DATE",
        "benefit_until": "DATE",
        "pension_status": "STRING",  # contributing, receiving, none
        "pension_months": "INT",
        "pension_since": "DATE",
        "pension_checked_on": "DATE",
        "housing_fund_status": "STRING",  # paying, frozen, none
        "housing_fund_balance": "DOUBLE",  # yuan
        "home_kind": "STRING",  # owner, tenant, none
        "home_since": "DATE",
        "school_stage": "STRING",  # the stage under way on the day, else NULL
        "graduates_on": "DATE",
        "medical_insurance": "STRING",  # employee, resident, none
        "insured_until": "DATE",
        "disability_grade": "INT",  # 1 (gravest) to 4; NULL where none is known
        "hardship": "STRING",  # low_income, extreme_poverty
        "household_size": "INT",  # persons who belong to the household on the day
        "household_role": "STRING",  # what the person is to its head: head, spouse, child, parent, other
        "vehicles": "INT",
        "inspection_due": "DATE",  # of the vehicle due first
        "died_on": "DATE",
    }
)

ENTERPRISE_COLUMNS = MappingProxyType(
    {
        "name": "STRING",
        "enterprise_type": "STRING",
        "capital_yuan": "DOUBLE",
        "scope": "STRING",
        "industry": "STRING",  # GB/T 4754-2017 class, two to four digits
        "division": "STRING",
        "founded_on": "DATE",
        "enterprise_status": "STRING",  # active, revoked, cancelled
        "employees": "INT",  # persons employed on the day
        "last_hired_on": "DATE",
        "last_report_year": "INT",
        "tax_status": "STRING",  # normal, overdue
    }
)

# Read from text by models and rules, never stated by a department; a fact always goes before a reading.
READ_COLUMNS: Mapping[Kind, Mapping[str, str]] = MappingProxyType(
    {
        "person": {
            # From the job title in force, where the register gives no occupation: 职业分类大典 2022. NULL where there
            # is nothing to read, or nothing sure was read.
            "occupation_read": "STRING",
            "occupation_confidence": "DOUBLE",  # 0 to 1, that the code read is the right one
        },
        "enterprise": {
            # From the scope and the name: GB/T 4754-2017 classes of two to four digits, the main one first. Empty means
            # read and nothing sure, NULL means that there is no scope to read.
            "trades": "ARRAY<STRUCT<industry: STRING, main: BOOLEAN, confidence: DOUBLE>>",
            # Which permits what the scope names cannot go without: the document's type and the words that call for it.
            "permits_needed": "ARRAY<STRUCT<type: STRING, said: STRING>>",
        },
    }
)

NESTED_COLUMNS = MappingProxyType(
    {
        # Every value ever accepted, the losing ones too (in_force false). Sealed values are base64 text.
        "facts": (
            "ARRAY<STRUCT<name: STRING, value: STRING, source: STRING, owner: STRING, as_of: DATE,"
            " valid_from: DATE, valid_until: DATE, sensitivity: STRING, sealed: BOOLEAN, in_force: BOOLEAN>>"
        ),
        # number is sealed with the owner and "number" as associated data for persons, plain for enterprises. state is
        # that of the file's day (valid, expired, revoked); recognised says whether the document holds here wherever it
        # was issued, NULL where that is not known.
        "documents": (
            "ARRAY<STRUCT<type: STRING, number: STRING, issuer: STRING, issuer_region: STRING, issued_on: DATE,"
            " expires_on: DATE, status: STRING, source: STRING, as_of: DATE, state: STRING, recognised: BOOLEAN>>"
        ),
        # What `other` is to this subject: child, parent, spouse, carer, cared_for, employer, mandate (a person acts
        # for an enterprise), legal_representative (on an enterprise). name is filled for enterprises alone.
        "links": (
            "ARRAY<STRUCT<kind: STRING, other: STRING, role: STRING, since: DATE, until: DATE, birth_date: DATE,"
            " name: STRING, source: STRING, as_of: DATE>>"
        ),
        # birth (of a child), marriage, divorce, death (of a relative), moved, graduated, job_started, job_ended,
        # retired, home_bought, vehicle_registered, labour_dispute (while it is open), founded
        "events": "ARRAY<STRUCT<kind: STRING, happened_on: DATE, other: STRING, source: STRING, as_of: DATE>>",
        "cases": (
            "ARRAY<STRUCT<case_id: STRING, service: STRING, status: STRING, applied_on: DATE, finished_on: DATE,"
            " source: STRING, as_of: DATE>>"
        ),
    }
)

# Who is alive on the file's day, as SQL over a file with ``as_of``.
ALIVE: Mapping[Kind, str] = MappingProxyType({"person": "coalesce(died_on > as_of, TRUE)", "enterprise": "TRUE"})


def columns(kind: Kind) -> dict[str, str]:
    """SQL types of a file's columns in order, the key ``subject`` first.

    >>> list(columns("enterprise"))[:2]
    ['subject', 'name']
    """
    own = {**PERSON_MARKS, **PERSON_COLUMNS} if kind == "person" else ENTERPRISE_COLUMNS
    return {"subject": "STRING", **own, **READ_COLUMNS[kind], **NESTED_COLUMNS}
