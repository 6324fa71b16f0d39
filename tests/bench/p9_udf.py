"""The rules of persons' tags by hand in Python, as a UDF would answer them: what native columns are measured against.

It answers in the same three-valued logic, each leaf once a file; that its answers are the same is asserted there.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from profiles.model import columns
from tagging.registry import Registry
from tagging.rules import And, Atom, Leaf, Not, Tree
from tagging.rules.comparisons import OF_COLUMN, moved
from tagging.rules.words import PENSIONABLE

File = Any  # a row with the columns of a file
Truth = bool | None


def tagger(registry: Registry) -> Callable[[File], list[str]]:
    """Of a person's file the ids of its tags."""
    asked = [
        (tag.id, tag.valid_from, tag.valid_until or date.max, registry.parsed[tag.id].tree)
        for tag in registry.of("person")
    ]

    def tags(row: File) -> list[str]:
        known: dict[Atom, Truth] = {}
        return [name for name, first, last, tree in asked if first <= row.as_of <= last and _tree(tree, row, known)]

    return tags


def _tree(tree: Tree, row: File, known: dict[Atom, Truth]) -> Truth:
    if isinstance(tree, Leaf):
        if tree.atom.inner is not None:
            return _tree(tree.atom.inner, row, known)
        if tree.atom not in known:
            known[tree.atom] = _atom(tree.atom, row)
        return known[tree.atom]
    if isinstance(tree, Not):
        return _not(_tree(tree.child, row, known))
    answers = (_tree(child, row, known) for child in tree.children)
    return _all(answers) if isinstance(tree, And) else _any(answers)


def _not(answer: Truth) -> Truth:
    return None if answer is None else not answer


def _any(answers: Iterable[Truth]) -> Truth:
    unknown = False
    for answer in answers:
        if answer:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def _all(answers: Iterable[Truth]) -> Truth:
    return _not(_any(map(_not, answers)))


def _atom(atom: Atom, row: File) -> Truth:
    if atom.word in _WORDS:
        return _WORDS[atom.word](row, *atom.args)
    column, *values = atom.args
    own = row[str(column)]
    if atom.word == "is_null":
        return own is None
    if own is None:
        return None
    if atom.word.endswith(OF_COLUMN):
        other = row[str(values[0])]
        return None if other is None else _COMPARED[atom.word.removesuffix(OF_COLUMN)](own, other)
    said = [_value(each, columns("person")[str(column)], row.as_of) for each in values]
    return _COMPARED[atom.word](own, *said)


_COMPARED: Mapping[str, Callable[..., bool]] = {
    "=": lambda own, other: own == other,
    "<>": lambda own, other: own != other,
    "<": lambda own, other: own < other,
    "<=": lambda own, other: own <= other,
    ">": lambda own, other: own > other,
    ">=": lambda own, other: own >= other,
    "between": lambda own, low, high: low <= own <= high,
    "in": lambda own, *others: own in others,
}


def _value(said: str | int, type_: str, today: date) -> Any:
    if type_ != "DATE":
        return float(said) if type_ == "DOUBLE" else said
    shift = moved(said)
    if shift is None:
        return date.fromisoformat(str(said))
    amount, unit = shift
    return (
        today + timedelta(days=amount) if unit == "DAY" else _months_on(today, amount * (12 if unit == "YEAR" else 1))
    )


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("a month has 28 days at the least")


def _aged(row: File, years: int) -> Truth:
    return None if row.birth_date is None else row.birth_date <= _months_on(row.as_of, -12 * years)


def _issued(row: File, type_: str) -> list[date]:
    """When the documents of a type in force by then expire, the last day of all where one never does."""
    return [
        each.expires_on or date.max
        for each in row.documents
        if each.type == type_ and each.status == "valid" and (each.issued_on is None or each.issued_on <= row.as_of)
    ]


def _holds(row: File, type_: str) -> Truth:
    return None if row.documents is None else any(end >= row.as_of for end in _issued(row, type_))


def _expires_within(row: File, type_: str, days: int) -> Truth:
    if row.documents is None:
        return None
    ends = _issued(row, type_)
    return bool(ends) and row.as_of <= max(ends) <= row.as_of + timedelta(days=days)


def _expired_within(row: File, type_: str, days: int) -> Truth:
    if row.documents is None:
        return None
    ends = _issued(row, type_)
    return bool(ends) and row.as_of - timedelta(days=days) <= max(ends) < row.as_of


def _any_expires_within(row: File, days: int) -> Truth:
    if row.documents is None:
        return None
    return any(_expires_within(row, each.type, days) for each in row.documents if each.type is not None)


def _linked(row: File, kind: str) -> list[Any]:
    return [
        each
        for each in row.links
        if each.kind == kind
        and (each.since is None or each.since <= row.as_of)
        and (each.until is None or each.until >= row.as_of)
    ]


def _has(row: File, kind: str) -> Truth:
    return None if row.links is None else bool(_linked(row, kind))


def _has_child_aged(row: File, youngest: int, oldest: int) -> Truth:
    if row.links is None:
        return None
    least, most = _months_on(row.as_of, -12 * youngest), _months_on(row.as_of, -12 * oldest)
    return _any(None if one.birth_date is None else most < one.birth_date <= least for one in _linked(row, "child"))


def _has_two_children_under(row: File, years: int) -> Truth:
    if row.links is None:
        return None
    oldest = _months_on(row.as_of, -12 * years)
    children = _linked(row, "child")

    def young(child: Any) -> Truth:
        return None if child.birth_date is None else oldest < child.birth_date <= row.as_of

    def another(one: Any, other: Any) -> bool:
        born = one.birth_date is not None and other.birth_date is not None and one.birth_date != other.birth_date
        return (one.other or "") != (other.other or "") or born

    return _any(
        _all((young(one), _any(_all((young(other), another(one, other))) for other in children))) for one in children
    )


def _has_parent_aged(row: File, years: int) -> Truth:
    if row.links is None:
        return None
    born = _months_on(row.as_of, -12 * years)
    return _any(None if one.birth_date is None else one.birth_date <= born for one in _linked(row, "parent"))


def _within_days_of(row: File, kind: str, days: int) -> Truth:
    if row.events is None:
        return None
    first = row.as_of - timedelta(days=days)
    of_kind = (each.happened_on for each in row.events if each.kind == kind)
    return _any(None if on is None else first < on <= row.as_of for on in of_kind)


def _has_done(row: File, service: str) -> Truth:
    if row.cases is None:
        return None
    done = (each for each in row.cases if each.service == service and each.status == "done")
    return any(each.finished_on is not None and each.finished_on <= row.as_of for each in done)


def _lives_in(row: File, *prefixes: str) -> Truth:
    if row.resident_since is not None and row.resident_since > row.as_of:
        return None
    return _starts(row.residence_division, prefixes)


def _registered_in(row: File, *prefixes: str) -> Truth:
    return _starts(row.hukou_division, prefixes)


def _employed_as(row: File, *prefixes: str) -> Truth:
    read = row.occupation if row.occupation is not None else row.occupation_read
    return _all((_starts(read, prefixes), row.employed_since is None or row.employed_since <= row.as_of))


def _starts(text: str | None, prefixes: tuple[str, ...]) -> Truth:
    return None if text is None else text.startswith(prefixes)


def _pension_age_within(row: File, years: int) -> Truth:
    if row.sex not in ("male", "female"):
        return None
    men, later, sooner = (_pensionable(row, terms, years) for terms in PENSIONABLE)
    if row.sex == "male":
        return men
    trained = None if row.education is None else row.education in ("college", "bachelor", "master", "doctor")
    return _any((later, _all((sooner, _not(trained)))))


def _pensionable(row: File, terms: tuple[int, str, int, int], years: int) -> Truth:
    if row.birth_date is None:
        return None
    age, rises, births, most = terms
    born = row.birth_date.year * 12 + row.birth_date.month
    later = 0
    if row.birth_date >= date.fromisoformat(rises):
        later = min(most, (born - int(rises[:4]) * 12 - 1) // births + 1)
    return row.as_of.year * 12 + row.as_of.month + years * 12 >= born + age * 12 + later


def _from_day(row: File, day: str) -> Truth:
    return bool(row.as_of >= date.fromisoformat(day))


_WORDS: Mapping[str, Callable[..., Truth]] = {
    "aged": _aged,
    "holds": _holds,
    "expires_within": _expires_within,
    "expired_within": _expired_within,
    "any_expires_within": _any_expires_within,
    "has": _has,
    "has_child_aged": _has_child_aged,
    "has_two_children_under": _has_two_children_under,
    "has_parent_aged": _has_parent_aged,
    "within_days_of": _within_days_of,
    "has_done": _has_done,
    "lives_in": _lives_in,
    "registered_in": _registered_in,
    "employed_as": _employed_as,
    "pension_age_within": _pension_age_within,
    "from_day": _from_day,
}
