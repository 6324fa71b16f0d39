"""A preview in lines of text, for officials at a terminal; small counts are hidden."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from tagging import language
from tagging.preview.differences import Differences, PersonaChange
from tagging.preview.disclosure import LEAST, disclosed
from tagging.preview.reach import Count, Reach

_SHOWN = ("has", "gained", "lost")


def lines(found: Differences, personas: Sequence[PersonaChange], reached: Sequence[Reach]) -> Iterator[str]:
    """What differs, who gains or loses by how many, and which example files change."""
    yield from _differences(found)
    for one in reached:
        yield ""
        yield from _reach(one)
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


def _reach(one: Reach) -> Iterator[str]:
    yield f"{one.tag}: of {_count(one.files if one.files >= LEAST else None)} {one.kind} files"
    totals = {name: getattr(one.total, name) for name in _SHOWN}
    shown = {name: count if count >= LEAST else None for name, count in totals.items()}
    yield "  " + " · ".join(f"{label} {_count(shown[name])}" for name, label in zip(_SHOWN, _labels(), strict=True))
    for title, counted, called in (
        ("district", one.by_district, _district),
        ("age" if one.kind == "person" else "industry", one.by_group, _group(one)),
    ):
        yield from _table(title, counted, called, {name for name, count in shown.items() if count is not None})


def _table(title: str, counted: Mapping[str, Count], called: Callable[[str], str], totals: set[str]) -> Iterator[str]:
    columns = {
        name: disclosed({key: getattr(count, name) for key, count in counted.items()}, total_shown=name in totals)
        for name in _SHOWN
    }
    told = [key for key in sorted(counted) if any(columns[name][key] is not None for name in _SHOWN)]
    for key in told:
        numbers = " ".join(
            f"{label} {_count(columns[name][key]):>9}" for name, label in zip(_SHOWN, _labels(), strict=True)
        )
        yield f"  {title} {called(key):<28} {numbers}"
    if len(told) < len(counted):
        yield f"  {len(counted) - len(told)} more by {title}, each under {LEAST}"


def _labels() -> tuple[str, ...]:
    return ("would have it", "gain", "lose")


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
