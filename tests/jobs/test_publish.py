"""Publishing: from files and suggestions in the lake to pages that the API's store client reads."""

import asyncio
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jobs import publish
from jobs.offers import SUGGESTIONS
from jobs.outlook import OUTLOOK
from jobs.run import Context
from jobs.settings import Settings
from jobs.tables import Tables
from profiles.errors import ModelMismatch, StoreUnavailable, TableMissing
from profiles.model import Kind, columns
from recommender import catalogue
from recommender.acting import Subject
from recommender.ledger import Saved, by_design
from recommender.own_file import Evidence, Fact, Tag
from recommender.page import Fact as Behind
from recommender.page import Likely, Mandate, Reason, Suggestion
from recommender.store import HomeStore, Store, StoredHome
from tagging import registry
from tagging.learned.likely import LIKELY

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DAY = date(2026, 11, 22)
MOTHER, DECEASED, CAFE = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture
def context(spark: "SparkSession", tmp_lake: Tables, store_url: str) -> Context:
    context = Context(DAY, Settings(lake=tmp_lake.root, store_url=store_url))
    context.__dict__["spark"] = spark
    write_files(context, "person", PEOPLE)
    write_files(context, "enterprise", FIRMS)
    suggested: list[Any] = [
        (MOTHER, [("senior_card", 1.0, 0.7, [("aged(60)", "residents", DAY)], [], "")], [], b"made from")
    ]
    made_of = {"registry": registry.load().version, "catalogue": catalogue.load().version}
    tmp_lake.write("person_suggestions", spark.createDataFrame(suggested, SUGGESTIONS), day=DAY, extra=made_of)
    return context


def write_files(context: Context, kind: Kind, files: list[dict[str, Any]]) -> None:
    types = columns(kind)
    nested: dict[str, Any] = {name: [] for name in ("facts", "documents", "links", "events", "cases")}
    unsaid = {**dict.fromkeys(types), "identified": True, **nested}
    rows = [tuple({**unsaid, **file}[name] for name in types) for file in files]
    schema = ", ".join(f"`{name}` {type_}" for name, type_ in types.items())
    context.tables.write(f"{kind}_files", context.spark.createDataFrame(rows, schema), day=DAY)


def fact(name: str, value: str, in_force: bool = True) -> tuple[object, ...]:
    return (name, value, "residents", "residents", DAY, None, None, "internal", True, in_force)


def case(service: str, status: str, applied: date) -> tuple[object, ...]:
    return (f"case {service} {applied}", service, status, applied, applied if status == "done" else None, "cases", DAY)


PERMIT = (
    "HKM_PERMIT",
    "c2VhbGVk",
    "市公安局",
    "310000",
    date(2016, 12, 22),
    DAY + timedelta(days=29),
    "valid",
    "documents",
    DAY,
    "valid",
    True,
)
PEOPLE: list[dict[str, Any]] = [
    {
        "subject": MOTHER,
        "birth_date": date(1992, 3, 14),
        "sex": "female",
        "facts": [fact("name", "b2xk", in_force=False), fact("name", "bmV3")],
        "documents": [PERMIT],
        "links": [
            ("mandate", CAFE, "legal_representative", date(2026, 7, 1), None, None, "玉兰餐饮", "mandates", DAY),
            ("child", "d" * 32, None, date(2026, 9, 1), None, date(2026, 9, 1), None, "kinship", DAY),
        ],
        "events": [("birth", date(2026, 9, 1), "d" * 32, "vital_events", DAY)],
        "cases": [case("passport_renewal", "done", DAY - timedelta(days=30)), case("senior_card", "in_progress", DAY)],
    },
    {"subject": DECEASED, "died_on": DAY - timedelta(days=1)},
]
FIRMS: list[dict[str, Any]] = [
    {"subject": CAFE, "name": "玉兰餐饮", "industry": "6210", "founded_on": date(2026, 7, 1)}
]


def home(context: Context, subject: Subject, *, file: bool = False) -> StoredHome | None:
    async def ask() -> StoredHome | None:
        store = HomeStore(context.settings.store_url, timeout=5)
        try:
            return await store.home(subject, file=file)
        finally:
            await store.close()

    return asyncio.run(ask())


def test_a_page_is_published_and_read_as_its_file_and_suggestions_say(context: Context) -> None:
    assert publish.run(context).counts["pages"] == 2
    stored = home(context, Subject(MOTHER))
    assert stored is not None
    page = stored.shown
    assert page is not None
    assert (page.kind, page.day, page.name) == ("person", DAY, "bmV3")
    assert page.suggestions == (Suggestion("senior_card", 0.7, (Reason("aged(60)", "residents", DAY),)),)
    assert [(d.what, d.due_on, d.service) for d in page.due] == [
        ("HKM_PERMIT", DAY + timedelta(days=29), "hkm_permit_renewal")
    ]
    assert [d.number for d in page.documents] == ["c2VhbGVk"]
    assert page.mandates == (Mandate(CAFE, "玉兰餐饮", "legal_representative"),)
    assert [c.service for c in page.in_progress] == ["senior_card"]
    assert "newborn" in [b.bundle for b in page.bundles]


def test_the_owners_file_is_published_beside_the_page_and_read_only_when_asked_for(context: Context) -> None:
    child = Evidence("link:child", "kinship", DAY)
    tags = [(MOTHER, [("new_parent", DAY, None, ["has_child_aged(0, 1)"], [("link:child", "kinship", DAY)])])]
    context.tables.write("person_tags", context.spark.createDataFrame(tags, publish.TAGS), day=DAY)  # type: ignore[type-var]
    publish.run(context)
    plain, whole = home(context, Subject(MOTHER)), home(context, Subject(MOTHER), file=True)
    assert plain is not None
    assert plain.file is None
    assert whole is not None
    assert whole.file is not None
    assert whole.file.facts == (Fact("name", "residents", "bmV3", DAY, None, None, "internal", True),)
    assert [(one.type, one.number, one.expires_on) for one in whole.file.documents] == [
        ("HKM_PERMIT", "c2VhbGVk", DAY + timedelta(days=29))
    ]
    assert [(one.kind, one.name) for one in whole.file.links] == [("mandate", "玉兰餐饮"), ("child", None)]
    assert [(one.kind, one.happened_on) for one in whole.file.events] == [("birth", date(2026, 9, 1))]
    assert [one.status for one in whole.file.cases] == ["done", "in_progress"]
    assert whole.file.tags == (Tag("new_parent", DAY, None, ("has_child_aged(0, 1)",), (child,)),)


def test_the_bundle_of_a_birth_is_opened_by_the_feed_that_reported_it(context: Context) -> None:
    publish.run(context)
    stored = home(context, Subject(MOTHER))
    assert stored is not None
    assert stored.shown is not None
    newborn = next(b for b in stored.shown.bundles if b.bundle == "newborn")
    assert newborn.reasons
    assert {reason.source for reason in newborn.reasons} <= {"kinship", "vital_events", "residents"}


def test_an_enterprise_has_a_page_that_its_representative_opens(context: Context) -> None:
    publish.run(context)
    stored = home(context, Subject(MOTHER, CAFE))
    assert stored is not None
    assert stored.shown is not None
    assert (stored.shown.kind, stored.shown.name) == ("enterprise", "玉兰餐饮")


def test_the_next_changes_that_may_be_shown_are_on_the_page_the_soonest_first(context: Context) -> None:
    version = registry.load().version
    told = [
        (MOTHER, DAY, "new_parent", DAY + timedelta(days=300), "lost"),
        (MOTHER, DAY, "child_starting_kindergarten", DAY + timedelta(days=30), "gained"),
        (MOTHER, DAY, "just_moved", DAY, "lost"),
        (MOTHER, DAY, "of_no_registry", DAY + timedelta(days=1), "gained"),
    ]
    frame = context.spark.createDataFrame(told, OUTLOOK)
    context.tables.write("person_outlook", frame, day=DAY, extra={"registry": version})
    publish.run(context)
    stored = home(context, Subject(MOTHER))
    assert stored is not None
    assert stored.shown is not None
    assert [(one.tag, one.gained) for one in stored.shown.ahead] == [
        ("child_starting_kindergarten", True),
        ("new_parent", False),
    ]
    assert stored.shown.ahead[1].facts == (Behind("event:birth", "vital_events", DAY),)
    context.tables.write("person_outlook", frame, day=DAY, extra={"registry": "another"})
    with pytest.raises(ModelMismatch, match="person_outlook was made from registry another"):
        publish.run(context)


def test_todays_guesses_are_on_the_page_and_an_older_or_another_registrys_are_not(context: Context) -> None:
    def told(day: date, made: str) -> None:
        guess = [("likely_to_move", 0.4, DAY + timedelta(days=90), ["new_parent"])]
        frame = context.spark.createDataFrame([(MOTHER, day, guess), (DECEASED, day, [])], LIKELY)
        context.tables.write("person_likely", frame, day=DAY, extra={"registry": made})
        publish.run(context)

    version = registry.load().version
    for day, expected in (
        (DAY, (Likely("likely_to_move", DAY + timedelta(days=90), ("new_parent",)),)),
        (DAY - timedelta(days=1), ()),
    ):
        told(day, version)
        stored = home(context, Subject(MOTHER))
        assert stored is not None
        assert stored.shown is not None
        assert stored.shown.likely == expected
    with pytest.raises(ModelMismatch, match="person_likely was made from registry another"):
        told(DAY, "another")


def test_the_dead_have_no_page(context: Context) -> None:
    publish.run(context)
    stored = home(context, Subject(DECEASED))
    assert stored is not None
    assert stored.shown is None


def test_what_everyone_uses_is_counted_from_cases(context: Context) -> None:
    publish.run(context)
    stored = home(context, Subject(MOTHER))
    assert stored is not None
    assert stored.popular["person"][:2] == ("passport_renewal", "senior_card")
    assert len(stored.popular["enterprise"]) == publish.MOST_POPULAR


def test_a_second_run_changes_neither_the_table_nor_the_generation(context: Context) -> None:
    publish.run(context)
    before = context.tables.manifest("pages")
    again = publish.run(context)
    assert context.tables.manifest("pages") == before
    assert again.note.endswith("(unchanged)")


def test_other_content_is_another_generation(context: Context) -> None:
    with Store(context.settings.store_url) as store:
        publish.run(context)
        first = store.generation()
        write_files(context, "enterprise", [{**FIRMS[0], "name": "新玉兰餐饮"}])
        publish.run(context)
        assert store.generation() != first


def test_suggestions_of_another_registry_are_refused_with_what_to_run(context: Context) -> None:
    suggested = context.tables.read("person_suggestions", context.spark)
    known = context.tables.manifest("person_suggestions").extra
    context.tables.write("person_suggestions", suggested, day=DAY, extra={**known, "registry": "older"})
    with pytest.raises(
        ModelMismatch, match=r"person_suggestions was made from registry older \(now .*run tag, train and"
    ):
        publish.run(context)


def test_pages_are_stored_with_the_versions_they_were_made_from(context: Context) -> None:
    publish.run(context)
    versions = {"registry": registry.load().version, "catalogue": catalogue.load().version}
    assert context.tables.manifest("pages").extra == versions


def test_what_everybody_saves_is_told_to_the_operators(context: Context) -> None:
    suggested: list[Any] = [(MOTHER, [("hkm_permit_renewal", 1.0, 0.7, [], [], "")], [], b"made from")]
    known = context.tables.manifest("person_suggestions").extra
    frame = context.spark.createDataFrame(suggested, SUGGESTIONS)
    context.tables.write("person_suggestions", frame, day=DAY, extra=known)
    told = publish.run(context).counts
    # The permit that is to be renewed is on file; the identity card and the photograph are not.
    expected = asdict(Saved(papers=1) + by_design(catalogue.load().service("hkm_permit_renewal")))
    assert told == {"pages": 2} | {f"{name} saved": count for name, count in expected.items() if count}


def test_without_suggestions_pages_are_published_all_the_same(context: Context) -> None:
    """Enterprises have none in this lake."""
    publish.run(context)
    stored = home(context, Subject(MOTHER, CAFE))
    assert stored is not None
    assert stored.shown is not None
    assert stored.shown.suggestions == ()


def test_without_files_the_job_says_what_to_run(spark: "SparkSession", tmp_lake: Tables, store_url: str) -> None:
    context = Context(DAY, Settings(lake=tmp_lake.root, store_url=store_url))
    context.__dict__["spark"] = spark
    with pytest.raises(TableMissing, match="There is no table person_files"):
        publish.run(context)


def test_a_dead_store_keeps_the_table_and_is_named(context: Context) -> None:
    gone = Context(DAY, context.settings.model_copy(update={"store_url": "redis://127.0.0.1:1/0"}))
    gone.__dict__["spark"] = context.spark
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1 does not answer"):
        publish.run(gone)
    assert context.tables.manifest("pages").rows == 2
