"""Reads delivered texts as typed values, as native Spark columns; what cannot be read becomes NULL with a reason."""

import re
from collections.abc import Callable, Sequence
from datetime import date

from pyspark.sql import Column as SparkColumn
from pyspark.sql import functions as F

from profiles.bindings import Binding, Rates, Source
from profiles.contracts import SQL_TYPES, Column

Reader = Callable[[SparkColumn, str], SparkColumn]

DATE_FORMATS = ("yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMdd", "yyyy年MM月dd日")
TIMESTAMP_FORMATS = ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy/MM/dd HH:mm:ss")
JOIN = "|"  # between the parts of a value that comes from several source columns
BLANKS = " \t\r\n\u00a0\u3000\ufeff"
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


def text(source: Source, binding: Binding, places: dict[str, str], day: date) -> SparkColumn:
    """The delivered text of one column; NULL where it is missing. ``places`` maps source names to column names."""
    if source.day:
        return F.lit(day.isoformat())
    if source.constant is not None:
        return F.lit(source.constant)
    parts = [_present(F.col(places[name]), binding.missing) for name in source.columns]
    whole = parts[0] if len(parts) == 1 else F.concat(*[p for part in parts for p in (F.lit(JOIN), part)][1:])
    nothing = [known for known, meant in (source.map or {}).items() if meant is None]
    return F.when(~whole.isin(nothing), whole) if nothing else whole


def value(column: Column, source: Source, binding: Binding, delivered: SparkColumn) -> SparkColumn:
    """The typed value of a column's text; NULL where the text is missing or cannot be read."""
    match column.type:
        case "date":
            return _first_read(delivered, source.formats or DATE_FORMATS, F.try_to_date)
        case "timestamp":
            formats = source.formats or TIMESTAMP_FORMATS
            return _first_read(delivered, formats, lambda text, form: F.try_to_timestamp(text, F.lit(form)))
        case "integer":
            return F.when(delivered.rlike(r"^-?[0-9]+(\.0+)?$"), delivered.try_cast("decimal(20,0)").try_cast("int"))
        case "decimal":
            if source.parse == "capital":
                return capital(delivered, binding.rates)
            plain = F.translate(delivered, ",，", "")
            return F.when(plain.rlike(r"^-?[0-9]+(\.[0-9]+)?$"), plain.try_cast(SQL_TYPES["decimal"]))
        case _:
            return _mapped(source, delivered)


def unread(column: Column, delivered: SparkColumn, read: SparkColumn) -> SparkColumn:
    """Why a text that is there gave no value: a reason, or NULL where all is well."""
    reasons = {
        "date": "not_a_date",
        "timestamp": "not_a_timestamp",
        "integer": "not_an_integer",
        "decimal": "not_an_amount",
    }
    failed = delivered.isNotNull() & read.isNull()
    return F.when(failed, F.lit(reasons.get(column.type, "not_allowed")))


def capital(delivered: SparkColumn, rates: Rates | None) -> SparkColumn:
    """Registered capital as Chinese registers write it, in yuan: 168万人民币, 858(万元人民币), 1,000(万元人民币).

    A foreign amount is converted where the binding gives dated rates for its currency; ``foreign_unconverted`` tells
    the others. Rounded to the cent.
    """
    plain = _plain_amount(delivered)
    currency = _currency(plain)
    rate = F.when(currency.isin(*_YUAN), F.lit(1.0))
    for name, per in (rates.yuan_per if rates else {}).items():
        rate = rate.when(currency == name, F.lit(per))
    unit = F.when(plain.rlike(r"^[0-9.]+万"), 10_000).when(plain.rlike(r"^[0-9.]+亿"), 100_000_000).otherwise(1)
    amount = F.regexp_extract(plain, r"^([0-9]+(?:\.[0-9]+)?)", 1).try_cast("double")
    return F.round(amount * unit * rate, 2).try_cast(SQL_TYPES["decimal"])


def foreign_unconverted(delivered: SparkColumn, rates: Rates | None) -> SparkColumn:
    """Whether the text is an amount in a foreign currency for which the binding gives no rate: accepted, as unknown."""
    plain = _plain_amount(delivered)
    known = [name for name in _FOREIGN if name not in (rates.yuan_per if rates else {})]
    return plain.rlike(r"^[0-9]+(\.[0-9]+)?[万亿]?[^0-9.万亿]+$") & _currency(plain).isin(*known)


def garbled(delivered: SparkColumn) -> SparkColumn:
    """Whether a text holds what a wrong encoding, or bytes that are no text, leave behind."""
    return delivered.contains("\ufffd") | delivered.contains("\x00")


def value_class(delivered: SparkColumn) -> SparkColumn:
    """What a text looks like without saying what it is: ``18 characters, letters and digits``."""
    kind = (
        F.when(garbled(delivered), "garbled")
        .when(delivered.rlike("^[0-9]+$"), "digits")
        .when(delivered.rlike("^[A-Za-z]+$"), "letters")
        .when(delivered.rlike("^[0-9A-Za-z]+$"), "letters and digits")
        .when(delivered.rlike("[\u4e00-\u9fff]"), "Chinese")
        .otherwise("mixed signs")
    )
    return F.coalesce(F.concat(F.length(delivered).cast("string"), F.lit(" characters, "), kind), F.lit("empty"))


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


def _present(delivered: SparkColumn, missing: tuple[str, ...]) -> SparkColumn:
    trimmed = F.btrim(delivered, F.lit(BLANKS))
    return F.when(~trimmed.isin(*missing), trimmed)


def _first_read(delivered: SparkColumn, formats: Sequence[str], reader: Reader) -> SparkColumn:
    return F.coalesce(*[F.when(delivered.rlike(guard(form)), reader(delivered, form)) for form in formats])


def _mapped(source: Source, delivered: SparkColumn) -> SparkColumn:
    if source.map is None:
        return delivered
    found = delivered if source.keep_unmapped else F.lit(None).cast("string")
    pairs = [(known, meant) for known, meant in source.map.items() if meant is not None]
    if not pairs:
        return found
    whens = F.when(delivered == pairs[0][0], pairs[0][1])
    for known, meant in pairs[1:]:
        whens = whens.when(delivered == known, meant)
    return whens.otherwise(found)


def _plain_amount(delivered: SparkColumn) -> SparkColumn:
    return F.translate(delivered, "()（）,， \u3000", "")


def _currency(plain: SparkColumn) -> SparkColumn:
    return F.regexp_extract(plain, r"^[0-9]+(?:\.[0-9]+)?[万亿]?(.*)$", 1)
