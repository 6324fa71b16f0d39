"""The accepted rows that a few subjects' files are made of, read without Spark; it changes no row.

A file is made of the rows that name its subject, and of some that name those around it: a relative's birth and death,
an employer's name and mandates. Reading only these, a handful of files is built in the time of one plan.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs import accepted, linkages
from jobs.run import Context
from jobs.tables import Manifest
from profiles import contracts
from profiles.contracts import Contract
from profiles.model import Kind
from recommender.bundles import BUNDLE_REMEMBERS_DAYS

# What others' files say of those around them comes from these feeds alone: a new row in one concerns them all.
ABOUT_OTHERS = ("residents", "vital_events", "households", "enterprises", "mandates")

# Of each feed that says so, the columns (one, other, kind, since) and the kind by which one is the parent of the other,
# or married to them.
_Ties = Mapping[str, tuple[tuple[str, str, str, str, str], ...]]
_CHILDREN: _Ties = {
    "vital_events": (("person", "other", "kind", "happened_on", "birth"),),
    "kinship": (
        ("person", "relative", "relation", "since", "child"),
        ("relative", "person", "relation", "since", "parent"),
    ),
}
_SPOUSES: _Ties = {
    "vital_events": (
        ("person", "other", "kind", "happened_on", "marriage"),
        ("other", "person", "kind", "happened_on", "marriage"),
    ),
    "kinship": (
        ("person", "relative", "relation", "since", "spouse"),
        ("relative", "person", "relation", "since", "spouse"),
    ),
}

Rows = Mapping[str, tuple[tuple[Manifest, pa.Table], ...]]  # feed -> deliveries that count, with some of their rows


@dataclass(frozen=True)
class Around:
    """The subjects whose files may differ, and the rows to build them from; a feed that nobody delivers is left out.

    ``links`` are (feed, record, subject): whose rows the records' rows are. ``beside`` are those who may have done
    steps of a bundle for one of the subjects too: their files are needed, and do not differ.
    """

    subjects: frozenset[str]
    rows: Rows
    links: tuple[linkages.Link, ...] = ()
    beside: frozenset[str] = frozenset()

    def of(self, kind: Kind) -> frozenset[str]:
        """The subjects that a column of persons, or of enterprises, names."""
        named: set[str] = set()
        for feed, parts in self.rows.items():
            columns = [one.name for one in contracts.load()[feed].columns if one.identifies == kind]
            named.update(subject for _, table in parts for name in columns for subject in table[name].to_pylist())
        return self.subjects & named


def around(context: Context, touched: Mapping[str, Collection[str]]) -> Around:
    """Who is concerned when rows of some feeds name some subjects, and what must be read to build their files.

    Args:
        touched: feed → subjects that its new rows name.
    """
    links = linkages.in_force_on(context, context.day)
    named = _linked({subject for some in touched.values() for subject in some}, links)
    first = rows_naming(context, named)
    widely = frozenset(subject for feed in ABOUT_OTHERS for subject in touched.get(feed, ()))
    known = _linked(named | _named_with(first, widely), links)
    subjects = known | sharers(context, known)
    beside = sharers(context, subjects) - subjects
    mine = rows_naming(context, subjects | beside)
    everyone = _named_with(mine, subjects | beside) | subjects | beside
    return Around(subjects, {**mine, **rows_naming(context, everyone, ABOUT_OTHERS)}, links, beside)


def sharers(context: Context, subjects: Collection[str]) -> frozenset[str]:
    """Who became a parent of the same child as one of the subjects, or married one, while a bundle remembers it.

    More than may share a step, for here nobody asks whether a tie is in force; never fewer.
    """
    own = rows_naming(context, subjects, _SPOUSES)
    children = {child for parent, child in _tied(context, own, _CHILDREN) if parent in subjects}
    around_them = rows_naming(context, children, _CHILDREN)
    parents = {one for one, child in _tied(context, around_them, _CHILDREN) if child in children}
    spouses = {other for one, other in _tied(context, own, _SPOUSES) if one in subjects}
    return frozenset(parents | spouses) - frozenset(subjects)


def _linked(subjects: Collection[str], links: Collection[linkages.Link]) -> frozenset[str]:
    """The subjects, the records that are linked to them, and those to whom they are linked."""
    records = {link.record for link in links if link.subject in subjects}
    return frozenset({*subjects, *records, *(link.subject for link in links if link.record in subjects)})


def rows_naming(context: Context, subjects: Collection[str], feeds: Collection[str] | None = None) -> Rows:
    """The rows of the deliveries that count by now, nightly and fresh, in which an identity column names a subject."""
    wanted = pa.array(sorted(subjects), pa.string())
    found = {}
    for feed, contract in contracts.load().items():
        deliveries = accepted.deliveries(context, feed, fresh=True)
        if (feeds is None or feed in feeds) and any(one.rows for one in deliveries):
            found[feed] = tuple((one, _read(context, contract, one, wanted)) for one in deliveries)
    return found


def _read(context: Context, contract: Contract, delivery: Manifest, wanted: pa.Array) -> pa.Table:
    folder = context.tables.run_path(accepted.table(contract.feed), delivery.run)
    test = pc.scalar(False)
    for name in _naming(contract):
        test = test | pc.field(name).isin(wanted)
    return pq.read_table([folder / name for name in delivery.files], filters=test)


def _tied(context: Context, rows: Rows, ties: _Ties) -> Iterator[tuple[str, str]]:
    """(one, other) of each tie that rows tell of, but for those known to be older than a bundle remembers."""
    first = context.day - timedelta(days=BUNDLE_REMEMBERS_DAYS)
    for feed, sorts in ties.items():
        for _, table in rows.get(feed, ()):
            for *columns, wanted in sorts:
                for one, other, kind, since in zip(*(table[name].to_pylist() for name in columns), strict=True):
                    if one and other and kind == wanted and (since is None or since >= first):
                        yield one, other


def _naming(contract: Contract) -> list[str]:
    return [column.name for column in contract.columns if column.identifies]


def _named_with(rows: Rows, subjects: Collection[str]) -> frozenset[str]:
    """Everyone who stands in a row together with one of the subjects."""
    wanted, found = pa.array(sorted(subjects), pa.string()), set()
    for feed, parts in rows.items():
        naming = _naming(contracts.load()[feed])
        for _, table in parts:
            with_them = pc.field(naming[0]).isin(wanted)
            for name in naming[1:]:
                with_them = with_them | pc.field(name).isin(wanted)
            some = table.filter(with_them)
            for name in naming:
                found.update(some[name].to_pylist())
    return frozenset(found - {None})
