"""Where every table of the lake holds pseudonyms and sealed values: the one place to declare it; it reads no table.

A rotation of keys turns what is declared here and refuses a lake with a table that is not. What erasing, exporting and
searching for a subject need to know is the same.
"""

from collections.abc import Mapping

from jobs import accepted, audit, cases, erased, feedback, linkages, receipts, remind
from profiles import contracts
from profiles.contracts import Contract
from profiles.identity.rotation import Holding, Sealed
from recommender.choices import SAID
from recommender.helping import FIELD

_NONE = Holding()
_SUBJECT = Holding(("subject",))
_FILE_PLACES = ("subject", "links.other", "events.other")
_FACTS = Sealed("facts.value", "subject", named_by="name", when="sealed")

HOLDINGS: Mapping[str, Holding] = {
    "quarantine": Holding(("key",)),
    "gate_report": _NONE,
    linkages.TABLE: Holding(
        ("record", "subject"),
        # As linkages.link_id.
        named_after={"link_id": "substr(sha2(concat_ws('|', feed, record, subject), 256), 1, 16)"},
    ),
    "person_files": Holding(_FILE_PLACES, (_FACTS, Sealed("documents.number", "subject", "number"))),
    "enterprise_files": Holding(_FILE_PLACES, (_FACTS,)),
    "person_tags": _SUBJECT,
    "enterprise_tags": _SUBJECT,
    "person_outlook": _SUBJECT,
    "enterprise_outlook": _SUBJECT,
    "person_likely": _SUBJECT,
    "enterprise_likely": _SUBJECT,
    "person_suggestions": _SUBJECT,
    "enterprise_suggestions": _SUBJECT,
    "person_vacancies": _SUBJECT,
    # A trace stays what it is under other keys: it is found by its own text.
    "traces": _SUBJECT,
    "corrections": Holding(
        ("subject",),
        (Sealed("said", "subject", SAID), Sealed("name", "subject", "name"), Sealed("phone", "subject", "phone")),
    ),
    feedback.TABLE: Holding(("subject",), (Sealed("said", "subject", SAID),)),
    # Names of rungs and messages are made of the subject's.
    remind.TABLE: Holding(("subject", "rung_id", "message")),
    remind.UNREACHED: Holding(("subject", "rung_id", "message")),
    receipts.TABLE: Holding(("subject", "message")),
    cases.TABLE: Holding(("subject",), (Sealed("said", "subject", SAID), Sealed("reply", "subject", FIELD))),
    erased.TABLE: _SUBJECT,
    audit.TABLE: _SUBJECT,
}

# Written as files, with no subject in them.
WITHOUT = frozenset(
    {"built", "operators", "model_person", "model_enterprise", "likely_models", "vacancy_model", "bases"}
    | {"judged", "peers"}
)

# Made again from the others: pages hold seals within their bytes, and what fresh events made of files is made again
# by the night.
DERIVED = frozenset({"pages", "fresh"})


def holding(table: str) -> Holding | None:
    """Where ``table`` holds them; None where nobody declared it."""
    feeds = {accepted.table(feed): contract for feed, contract in contracts.load().items()}
    return _accepted(feeds[table]) if table in feeds else HOLDINGS.get(table)


def _accepted(contract: Contract) -> Holding:
    sealed = [column.name for column in contract.columns if column.sealed]
    return Holding(
        tuple(column.name for column in contract.columns if column.identifies),
        tuple(Sealed(name, str(contract.subject), name) for name in sealed),
    )
