"""What is wrong with ``rules/*.yaml`` of reading texts, one sentence each; it changes nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence

from profiles.errors import YidangError
from tagging.rules.complaint import nearest
from tagging.texts.rules_file import section, texts_of, words
from tagging.texts.sealed import installed

_TABLES = {"services": ("code",), "goods": ("sell", "retail", "make"), "names": ("code",)}
_PATTERNS = (
    ("titles", "job"),
    ("titles", "recruiting"),
    ("titles", "unless_followed_by"),
    ("trades", "makers"),
    ("trades", "empty"),
    ("permits", "free"),
)


def problems() -> list[str]:
    """Codes that no classification knows, words written twice, patterns that cannot be read, weights out of date."""
    try:
        codes = installed().codes
        return [*_patterns(), *_titles(codes("titles")), *_trades(codes("trades")), *_permits()]
    except YidangError as error:
        return [str(error)]


def _patterns() -> Iterator[str]:
    told = [(f"{name}.yaml, {key}", section(name, key, str)) for name, key in _PATTERNS]
    told += [("titles.yaml, noise", str(one)) for one in section("titles", "noise", list)]
    told += [(f"trades.yaml, deeds, {deed}", str(one)) for deed, one in section("trades", "deeds", dict).items()]
    for name, key in (("titles", "rules"), ("permits", "permits")):
        for one in section(name, key, list):
            told += [(f"{name}.yaml, {key}, {part}", str(one[part])) for part in ("says", "unless") if one.get(part)]
    for where, pattern in told:
        try:
            re.compile(pattern.strip())
        except re.error as error:
            yield f"{where}: {pattern[:40]!r} is no pattern: {error}"
        if "||" in pattern or pattern.strip().startswith("|") or pattern.strip().endswith("|"):
            yield f"{where}: {pattern[:40]!r} has an empty alternative, which is in every text"


def _titles(codes: Sequence[str]) -> Iterator[str]:
    known = set(codes)
    for one in section("titles", "rules", list):
        if str(one["code"]) not in known:
            yield f"titles.yaml, rules: no occupation {one['code']}{nearest(str(one['code']), known)}"
    seen: dict[str, str] = {}
    for title, code in texts_of(section("titles", "known", dict)):
        if code not in known:
            yield f"titles.yaml, known: no occupation {code}{nearest(code, known)}"
        if seen.setdefault(title, code) != code:
            yield f"titles.yaml, known: {title} stands under {seen[title]} and {code}; keep one"


def _trades(codes: Sequence[str]) -> Iterator[str]:
    known = {code[:length] for code in codes for length in (2, 3, 4)}
    for table, fields in _TABLES.items():
        seen: set[str] = set()
        for one in section("trades", table, list):
            yield from (
                f"trades.yaml, {table}: no industry {one.get(field)!r}"
                for field in fields
                if str(one.get(field)) not in known
            )
            for word in words(str(one["says"])):
                if word in seen:
                    yield f"trades.yaml, {table}: {word} is written twice; the first counts, remove the other"
                seen.add(word)


def _permits() -> Iterator[str]:
    seen: set[str] = set()
    for one in section("permits", "permits", list):
        name = one.get("name")
        if not isinstance(name, Mapping) or not name.get("zh") or not name.get("en"):
            yield f"permits.yaml: {one.get('type')} needs a name in zh and en"
        if one.get("type") in seen:
            yield f"permits.yaml: {one['type']} is written twice"
        seen.add(str(one.get("type")))
