"""A preview in lines of text, for officials at a terminal; small counts are hidden."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from tagging import language
from tagging.preview.differences import Differences, PersonaChange
from tagging.preview.disclosure import LEAST, disclosed
from tagging.preview.reach import Count, Reach

_LABELS = {"has": "would have it", "gained": "gain", "lost": "lose"}


def lines(found: Differences, personas: Sequence[PersonaChange], reached: Sequence[Reach]) -> Iterator[str]:
    """What differs, who gains or loses by how many, and which example files change."""
    yield from _differences(found)
    for one in reached:
        yield ""
        yield from _reach(one, _moving(found, one.tag))
    yield ""
    for change in personas:
        signs = [f"+{tag}" for tag in change.gained] + [f"-{tag}" for tag in change.lost]
        yield f"persona {change.persona.id} ({change.persona.en}): {' '.join(signs)}"
    if not personas:
        yield "no persona's tags change"


def _differences(found: Differences) -> Iterator[str]:
    yield from (f"new tag: {name}" for name in found.added)
    yield from (f"removed tag: {name}" for name in found.removed)
    yield from (f"changed tag: {name} ({', '.join(fields)})" for name, fields in found.changed.items())
    yield from (f"follows another tag's change: {name}" for name in found.following)
    if not (found.added or found.removed or found.changed or found.following):
        yield "the registries say the same"


def _moving(found: Differences, tag: str) -> Sequence[str]:
    """The counts that say something: nobody can lose a new tag, nor gain one that goes."""
    return ("gained",) if tag in found.added else ("lost",) if tag in found.removed else tuple(_LABELS)


def _reach(one: Reach, moving: Sequence[str]) -> Iterator[str]:
    files = "files of the living" if one.kind == "person" else "enterprise files"
    yield f"{one.tag}: of {_count(one.files if one.files >= LEAST else None)} {files}"
    totals = {name: getattr(one.total, name) for name in moving}
    shown = {name: count if count >= LEAST else None for name, count in totals.items()}
    yield "  " + " · ".join(f"{_LABELS[name]} {_count(count)}" for name, count in shown.items())
    for title, counted, called in (
        ("district", one.by_district, _district),
        ("age" if one.kind == "person" else "industry", one.by_group, _group(one)),
    ):
        yield from _table(title, counted, called, shown)


def _table(
    title: str, counted: Mapping[str, Count], called: Callable[[str], str], totals: Mapping[str, int | None]
) -> Iterator[str]:
    columns = {
        name: disclosed({key: getattr(count, name) for key, count in counted.items()}, total_shown=total is not None)
        for name, total in totals.items()
    }
    told = [key for key in sorted(counted) if any(column[key] is not None for column in columns.values())]
    for key in told:
        numbers = " ".join(f"{_LABELS[name]} {_count(column[key]):>9}" for name, column in columns.items())
        yield f"  {title} {called(key):<28} {numbers}"
    if len(told) < len(counted):
        yield f"  {len(counted) - len(told)} more by {title}, each under {LEAST}"


def _count(count: int | None) -> str:
    return f"under {LEAST}" if count is None else f"{count:,}"


def _district(code: str) -> str:
    return _named("divisions", code)


def _group(one: Reach) -> Callable[[str], str]:
    return (lambda code: code or "unknown") if one.kind == "person" else (lambda code: _named("industries", code))


def _named(section: str, code: str) -> str:
    if not code:
        return "unknown"
    name = language.vocabulary()[section].get(code)
    return f"{code} {name['en']}" if name else code
