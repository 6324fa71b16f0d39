"""Reads delivered texts as typed values, as texts of Spark's SQL; what cannot be read becomes NULL with a reason."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from profiles.bindings import Binding, Rates, Source
from profiles.contracts import SQL_TYPES, Column
from profiles.sql import cases, listed, quoted

Reader = Callable[[str, str], str]

DATE_FORMATS = ("yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMdd", "yyyy年MM月dd日")
TIMESTAMP_FORMATS = ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy/MM/dd HH:mm:ss")
ISO_FORMATS = frozenset({"yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss"})  # as Spark itself reads them
JOIN = "|"  # between the parts of a value that comes from several source columns
BLANKS = " \t\r\n\u00a0\u3000\ufeff"
_UNREAD = {
    "date": "not_a_date",
    "timestamp": "not_a_timestamp",
    "integer": "not_an_integer",
    "decimal": "not_an_amount",
}
_YUAN = ("", "元", "人民币", "元人民币", "人民币元")
_FOREIGN = (
    *("美元", "港币", "港元", "日元", "欧元", "英镑", "德国马克", "法国法郎", "瑞士法郎", "新加坡元", "加拿大元"),
    *(
        "澳大利亚元",
        "澳元",
        "澳门元",
        "台币",
        "新台币",
        "韩元",
        "瑞典克朗",
        "丹麦克朗",
        "挪威克朗",
        "意大利里拉",
        "荷兰盾",
    ),
)


def trimmed(delivered: str) -> str:
    """A delivered text without the blanks around it; most have none, and looking is faster than trimming."""
    ends = [f"{at}({delivered}, {quoted(blank)})" for at in ("startswith", "endswith") for blank in BLANKS]
    return f"IF({' OR '.join(ends)}, btrim({delivered}, {quoted(BLANKS)}), {delivered})"


def text(source: Source, binding: Binding, places: Mapping[str, str], day: date) -> str:
    """The delivered text of one column; NULL where it is missing. ``places`` maps source names to trimmed columns."""
    if source.day:
        return quoted(day.isoformat())
    if source.constant is not None:
        return quoted(source.constant)
    nothing = [known for known, meant in (source.map or {}).items() if meant is None]
    if len(source.columns) == 1:
        return _unless(places[source.columns[0]], [*binding.missing, *nothing])
    parts = [_unless(places[name], binding.missing) for name in source.columns]
    whole = f"concat_ws('{JOIN}', {', '.join(parts)})"
    lacking = " OR ".join(f"{part} IS NULL" for part in parts)
    return _unless(f"IF({lacking}, NULL, {whole})", nothing)


def value(column: Column, source: Source, binding: Binding, delivered: str) -> str:
    """The typed value of a column's text; NULL where the text is missing or cannot be read."""
    match column.type:
        case "date":
            formats = source.formats or DATE_FORMATS
            return _first_read(delivered, "DATE", formats, lambda text, form: f"try_to_date({text}, {form})")
        case "timestamp":
            formats = source.formats or TIMESTAMP_FORMATS
            return _first_read(delivered, "TIMESTAMP", formats, lambda text, form: f"try_to_timestamp({text}, {form})")
        case "integer":
            whole = f"TRY_CAST(TRY_CAST({delivered} AS DECIMAL(20,0)) AS INT)"
            return _where(delivered, r"^-?[0-9]+(\.0+)?$", whole)
        case "decimal":
            if source.parse == "capital":
                return capital(delivered, binding.rates)
            amount = f"translate({delivered}, ',，', '')"
            return _where(amount, r"^-?[0-9]+(\.[0-9]+)?$", f"TRY_CAST({amount} AS {SQL_TYPES['decimal']})")
        case _:
            return _mapped(source, delivered)


def unread(column: Column) -> str:
    """The reason of a text that is there and gave no value."""
    return _UNREAD.get(column.type, "not_allowed")


def capital(delivered: str, rates: Rates | None) -> str:
    """Registered capital as Chinese registers write it, in yuan: 168万人民币, 858(万元人民币), 1,000(万元人民币).

    A foreign amount is converted where the binding gives dated rates for its currency; ``foreign_unconverted`` tells
    the others. Rounded to the cent.
    """
    plain = _plain_amount(delivered)
    currency = _currency(plain)
    foreign = [(f"{currency} = {quoted(name)}", f"{per!r}D") for name, per in (rates.yuan_per if rates else {}).items()]
    rate = cases((f"{currency} IN {listed(_YUAN)}", "1.0D"), *foreign)
    unit = cases((_like(plain, "^[0-9.]+万"), "10000"), (_like(plain, "^[0-9.]+亿"), "100000000"), otherwise="1")
    amount = f"TRY_CAST(regexp_extract({plain}, {quoted(r'^([0-9]+(?:[.][0-9]+)?)')}, 1) AS DOUBLE)"
    return f"TRY_CAST(round({amount} * {unit} * {rate}, 2) AS {SQL_TYPES['decimal']})"


def foreign_unconverted(delivered: str, rates: Rates | None) -> str:
    """Whether the text is an amount in a foreign currency for which the binding gives no rate: accepted, as unknown."""
    plain = _plain_amount(delivered)
    known = [name for name in _FOREIGN if name not in (rates.yuan_per if rates else {})]
    amount = _like(plain, r"^[0-9]+(\.[0-9]+)?[万亿]?[^0-9.万亿]+$")
    return f"({amount} AND {_currency(plain)} IN {listed(known)})"


def garbled(delivered: str) -> str:
    """Whether a text holds what a wrong encoding, or bytes that are no text, leave behind."""
    left = " OR ".join(f"contains({delivered}, {quoted(sign)})" for sign in ("\ufffd", "\0"))
    return f"({left})"


def value_class(delivered: str) -> str:
    """What a text looks like without saying what it is: ``18 characters, letters and digits``."""
    kind = cases(
        (garbled(delivered), "'garbled'"),
        (_like(delivered, "^[0-9]+$"), "'digits'"),
        (_like(delivered, "^[A-Za-z]+$"), "'letters'"),
        (_like(delivered, "^[0-9A-Za-z]+$"), "'letters and digits'"),
        (_like(delivered, "[\u4e00-\u9fff]"), "'Chinese'"),
        otherwise="'mixed signs'",
    )
    return f"coalesce(concat(CAST(length({delivered}) AS STRING), ' characters, ', {kind}), 'empty')"


def guard(form: str) -> str:
    """A pattern that a text must have before the slower, exact parser of ``form`` is tried.

    >>> guard("yyyy年MM月dd日"), guard("yyyy-MM-dd'T'HH:mm")
    ('^[0-9]{4}年[0-9]{2}月[0-9]{2}日$', '^[0-9]{4}\\\\-[0-9]{2}\\\\-[0-9]{2}T[0-9]{2}:[0-9]{2}$')
    """
    out = ""
    for piece in re.finditer(r"'([^']*)'|([yMdHmsS])\2*|.", form):
        literal = piece[1] if piece[1] is not None else piece[0]
        out += f"[0-9]{{{len(piece[0])}}}" if piece[2] else re.escape(literal)
    return f"^{out}$"


def _unless(delivered: str, nothing: Sequence[str]) -> str:
    return f"IF({delivered} IN {listed(nothing)}, NULL, {delivered})" if nothing else delivered


def _where(delivered: str, pattern: str, read: str) -> str:
    return f"IF({_like(delivered, pattern)}, {read}, NULL)"


def _like(delivered: str, pattern: str) -> str:
    return f"{delivered} RLIKE {quoted(pattern)}"


def _first_read(delivered: str, type_: str, formats: Sequence[str], reader: Reader) -> str:
    def read(form: str) -> str:
        exact = f"TRY_CAST({delivered} AS {type_})" if form in ISO_FORMATS else reader(delivered, quoted(form))
        return _where(delivered, guard(form), exact)

    return f"coalesce({', '.join(map(read, formats))})"


def _mapped(source: Source, delivered: str) -> str:
    if source.map is None:
        return delivered
    pairs = [(quoted(known), quoted(meant)) for known, meant in source.map.items() if meant is not None]
    found = delivered if source.keep_unmapped else "NULL"
    whens = " ".join(f"WHEN {known} THEN {meant}" for known, meant in pairs)
    return f"CAST({f'CASE {delivered} {whens} ELSE {found} END' if pairs else found} AS STRING)"


def _plain_amount(delivered: str) -> str:
    return f"translate({delivered}, '()（）,， \u3000', '')"


def _currency(plain: str) -> str:
    return f"regexp_extract({plain}, {quoted(r'^[0-9]+(?:[.][0-9]+)?[万亿]?(.*)$')}, 1)"
