"""Named kinds of corruption: each spoils one feed's sheet and says what the gate must say of it, or does not fit it.

A kind is a function ``(Sheet, day, Random) -> Caught | None``; None means that such a thing cannot happen to the feed.
What becomes of rows is told by ``bad``; of a whole feed by ``failed`` (checks) or ``said`` (words of the message).
"""

import gzip
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from stdnum.cn import ric

from profiles.contracts import Column
from profiles.gate.judge import GROWTH_SHOWS_FROM
from tests.faults.sheets import Sheet

CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SCHEMED = {("school_roll", "person"), ("households", "household")}
VOLUME, AGE, QUARANTINED = "share lacking of the usual rows", "days since the newest row", "share quarantined"
GROWTH = "share beyond the usual rows"


@dataclass(frozen=True)
class Bad:
    """A row that must be in quarantine: its number (one of these), and what is found first; "*" means anything."""

    rows: frozenset[int]
    column: str
    reason: str


@dataclass(frozen=True)
class Caught:
    """What the gate must make of a delivery."""

    bad: tuple[Bad, ...] = ()
    failed: frozenset[str] = frozenset()
    said: str = ""
    state: str = "accepted"
    unknown: tuple[str, ...] = ()


Kind = Callable[[Sheet, date, Random], Caught | None]
KINDS: dict[str, Kind] = {}


def kind(spoil: Kind) -> Kind:
    """Enters the function among the kinds, under its name."""
    KINDS[spoil.__name__] = spoil
    return spoil


# --- identity numbers


@kind
def wrong_length(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _number(sheet, rng, lambda text: text[:-1], "wrong_length")


@kind
def bad_check_digit(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _number(sheet, rng, _other_check_digit, "bad_check_digit")


@kind
def letters_in_number(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _number(sheet, rng, lambda text: text[:8] + "O" + text[9:], "wrong_characters")


@kind
def unknown_province(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _number(sheet, rng, lambda text: _checked("99" + text[2:17]), "unknown_province", "person")


@kind
def impossible_birth_date_in_number(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _number(sheet, rng, lambda text: _checked(text[:6] + "19991340" + text[14:17]), "bad_birth_date", "person")


# --- single values


@kind
def missing_value(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    column = rng.choice([column for column in sheet.contract.columns if column.required])
    return _edited(sheet, column, _some(sheet, rng, column), lambda _: "", "missing")


@kind
def not_a_date(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _dated(sheet, rng, lambda pattern: "不详")


@kind
def february_30(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _dated(sheet, rng, lambda pattern: _spelt(pattern, "2024", "02", "30"))


@kind
def day_and_month_swapped(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _dated(sheet, rng, lambda pattern: _spelt(pattern, "2024", "25", "03"))


@kind
def value_not_in_the_list(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    listed = [c for c in sheet.contract.columns if c.name in sheet.layout.values or c.allowed]
    column = rng.choice(listed) if listed else None
    return column and _edited(sheet, column, _some(sheet, rng, column), lambda _: "其他情形", "not_allowed")


@kind
def pattern_broken(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    shaped = [c for c in sheet.contract.columns if c.pattern and c.name not in sheet.layout.values]
    column = rng.choice(shaped) if shaped else None
    return column and _edited(sheet, column, _some(sheet, rng, column), lambda text: f"?{text}", "wrong_pattern")


@kind
def out_of_range(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    ranged = [c for c in sheet.contract.columns if c.minimum and c.name not in sheet.layout.capital]
    column = rng.choice(ranged) if ranged else None
    return column and _edited(sheet, column, _some(sheet, rng, column), lambda _: _below(sheet, column), "out_of_range")


@kind
def number_in_words(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    reasons = {"integer": "not_an_integer", "decimal": "not_an_amount"}
    counted = [column for column in sheet.contract.columns if column.type in reasons]
    column = rng.choice(counted) if counted else None
    return column and _edited(sheet, column, _some(sheet, rng, column), lambda _: "十二", reasons[column.type])


@kind
def from_the_future(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    column = _freshness(sheet)
    later = _written(sheet, column, day + timedelta(days=1))
    return _edited(sheet, column, _some(sheet, rng, column), lambda _: later, "in_the_future")


@kind
def null_bytes(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    column = rng.choice([*_free_texts(sheet), *_numbers(sheet)])
    reason = "wrong_length" if column.identifies else "garbled_text"
    return _edited(sheet, column, _some(sheet, rng, column), lambda text: f"{text[:2]}\0{text[2:]}", reason)


@kind
def garbled_encoding(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    """Bytes of GB 18030 within a file of UTF-8; in parquet, what the supplier's own system made of such bytes."""
    free = _free_texts(sheet)
    dated = [column for column in sheet.contract.columns if column.type == "date"]
    mapped = [column for column in sheet.contract.columns if column.name in sheet.layout.values]
    column = rng.choice(free or mapped or dated)
    reason = "garbled_text" if free else "not_allowed" if mapped else "not_a_date"
    if sheet.csv:
        sheet.last = lambda content: content.replace("⊗".encode(), "上海市".encode("gb18030"))
    return _edited(sheet, column, _some(sheet, rng, column), lambda _: "⊗" if sheet.csv else "\ufffd\ufffd", reason)


# --- values that contradict one another


@kind
def reported_before_it_happened(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _rule_broken(sheet, rng, [rule for rule in _ordered(sheet) if rule[2] == "as_of"])


@kind
def ended_before_it_began(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    return _rule_broken(sheet, rng, [rule for rule in _ordered(sheet) if rule[2] != "as_of"])


@kind
def ones_own_relative(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    if sheet.feed != "kinship":
        return None
    at = _some(sheet, rng, sheet.contract.column("relative"))
    for row in at:
        sheet.put(row, "relative", sheet.get(row, "person"))
    return _rows(at, "", "not_ones_own_relative")


@kind
def nobodys_row(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    if "exactly_one_subject" not in {rule.name for rule in sheet.contract.rules}:
        return None
    at = _some(sheet, rng, sheet.contract.column("person"))
    for row in at:
        sheet.put(row, "person", "")
    return _rows(at, "", "exactly_one_subject")


# --- torn rows


@kind
def columns_shifted(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    """Values under the wrong headers: told as such where an identity number stands under a date or a figure."""
    at = _some(sheet, rng, _required(sheet)[0])
    known = [column for column in _numbers(sheet) if column.required]
    slippable = [c for c in sheet.contract.columns if c.type in ("date", "integer", "decimal")]
    if not known:
        return _rotated(sheet, at, 1, "*", "*")
    start = sheet.place(known[0].name)
    for under in slippable:
        by = (sheet.place(under.name) - start) % len(sheet.header)
        if all(sheet.rows[row][(start - by) % len(sheet.header)] for row in at):
            return _rotated(sheet, at, by, "", "shifted_columns")
    return None


@kind
def field_lost(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    at = _some(sheet, rng)
    for row in at if sheet.csv else ():
        del sheet.rows[row][rng.randrange(len(sheet.header))]
    return _rows(at, "", "malformed_row") if sheet.csv else None


@kind
def field_too_many(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    at = _some(sheet, rng)
    for row in at if sheet.csv else ():
        sheet.rows[row].insert(rng.randrange(len(sheet.header)), "又一项")
    return _rows(at, "", "malformed_row") if sheet.csv else None


@kind
def line_broken(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    """A line break within a value that no quote protects: one row becomes two that are none."""
    if not sheet.csv:
        return None
    row, half = rng.randrange(len(sheet.rows)), len(sheet.header) // 2
    whole = sheet.rows[row]
    cut = len(whole[half]) // 2
    sheet.rows[row : row + 1] = [[*whole[:half], whole[half][:cut]], [whole[half][cut:], *whole[half + 1 :]]]
    return _rows([row, row + 1], "", "malformed_row")


@kind
def quote_never_closed(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    """A quote in the last but one row swallows the last; none of the two is lost from the count."""
    if not sheet.csv:
        return None
    lost = range(len(sheet.rows) - 2, len(sheet.rows))
    first = ",".join(sheet.rows[lost[0]]).encode()
    place = rng.randrange(len(sheet.header))
    quoted = ",".join(
        [*sheet.rows[lost[0]][:place], '"' + sheet.rows[lost[0]][place], *sheet.rows[lost[0]][place + 1 :]]
    )

    def opened(content: bytes) -> bytes:
        before, _, after = content.rpartition(first)
        return before + quoted.encode() + after

    sheet.last = opened
    together = frozenset({lost[0] + 1})  # both are told by the number of the record that they became
    return Caught((Bad(together, "", "malformed_row"),) * 2)


@kind
def file_cut_within_a_row(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    if not sheet.csv:
        sheet.last = lambda content: content[: len(content) * 9 // 10]
        return Caught(said="cannot be read as parquet", state="stopped")
    cut = len(sheet.rows) * 9 // 10
    sheet.rows = sheet.rows[: cut + 1]
    failed = _too_old(sheet, day, cut)
    sheet.rows[cut] = sheet.rows[cut][: len(sheet.header) // 2]
    return Caught(_rows([cut], "", "malformed_row").bad, failed, state="stopped" if failed else "accepted")


# --- repeated rows


@kind
def rows_repeated(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    at = _some(sheet, rng)
    sheet.rows += [[*sheet.rows[row]] for row in at]
    return _doubled(sheet, at)


@kind
def key_repeated_with_other_values(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    loose = [column for column in sheet.contract.columns if column.name not in sheet.contract.key]
    mapped = [column for column in loose if len(sheet.layout.values.get(column.name, ())) > 1]
    free = [column for column in _free_texts(sheet) if column in loose and not column.required]
    dates = [column for column in loose if column.type == "date" and column.name in ("insured_until", "benefit_until")]
    dates += [column for column in loose if column.type == "date" and column.name == "inspection_due"]
    column = rng.choice([*mapped, *free, *dates])
    at = _some(sheet, rng, column)
    for row in at:
        sheet.rows.append([*sheet.rows[row]])
        text = sheet.get(row, column.name)
        others = sorted({*sheet.layout.values.get(column.name, {}).values()} - {text})
        date_text = _written(sheet, column, date(2099, 1, 1)) if column.type == "date" else ""
        sheet.put(len(sheet.rows) - 1, column.name, date_text or (others[0] if others else text + "（二）"))
    return _doubled(sheet, at)


# --- whole files


@kind
def column_renamed(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    place = rng.choice([sheet.place(column.name) for column in sheet.contract.columns])
    old, sheet.header[place] = sheet.header[place], sheet.header[place] + "新"
    return Caught(said=f"has no column {old!r}", state="stopped")


@kind
def column_dropped(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    place = rng.choice([sheet.place(column.name) for column in sheet.contract.columns])
    old = sheet.header.pop(place)
    for row in sheet.rows:
        del row[place]
    return Caught(said=f"has no column {old!r}", state="stopped")


@kind
def separated_by_semicolons(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.last = lambda content: content.replace(b",", b";")
    return Caught(said="has no column", state="stopped") if sheet.csv else None


@kind
def another_encoding(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    encoding = rng.choice(("gb18030", "utf-16"))
    sheet.last = lambda content: content.decode().encode(encoding)
    return Caught(said="cannot be read as utf-8", state="stopped") if sheet.csv else None


@kind
def packed_under_a_plain_name(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.last = gzip.compress
    return Caught(said=f"cannot be read as {'utf-8' if sheet.csv else 'parquet'}", state="stopped")


@kind
def file_empty(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.last = lambda _: b""
    return Caught(said="not even a header" if sheet.csv else "cannot be read as parquet", state="stopped")


@kind
def nothing_but_a_header(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.rows = []
    return Caught(failed=frozenset({"rows delivered", VOLUME}), state="stopped")


@kind
def file_missing(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.delivered = False
    return Caught(said="was not delivered for", state="missing")


@kind
def half_the_file_missing(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.rows = sheet.rows[: len(sheet.rows) // 2]
    return Caught(failed=frozenset({VOLUME}) | _too_old(sheet, day, len(sheet.rows)), state="stopped")


@kind
def file_of_long_ago(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    """Every row as it stood when the newest was two weeks older than the contract allows."""
    column, allowed = _freshness(sheet), sheet.contract.freshness_days or 0
    texts = sheet.column(column.name)
    newest = max(_read(sheet, column, text) for text in texts)
    back = newest - (day - timedelta(days=allowed + 14))
    for row, text in enumerate(texts):
        then = _read(sheet, column, text) - back
        sheet.put(row, column.name, _written(sheet, column, then))
        for _, earlier, later in _ordered(sheet):
            if later == column.name:
                first = sheet.contract.column(earlier)
                sheet.put(row, earlier, _written(sheet, first, min(then, _read(sheet, first, sheet.get(row, earlier)))))
    return Caught(failed=frozenset({AGE}), state="stopped")


@kind
def column_left_empty(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    fresh = sheet.contract.freshness_column
    column = rng.choice([c for c in sheet.contract.columns if c.null_ceiling < 1 and c.name != fresh])
    share = 1.0 if column.null_ceiling > 0.05 else 0.15
    at = rng.sample(range(len(sheet.rows)), round(len(sheet.rows) * share))
    for row in at:
        sheet.put(row, column.name, "")
    failed = {f"share missing in {column.name}"} | ({QUARANTINED} if column.required else set())
    return Caught(failed=frozenset(failed), state="stopped")


@kind
def column_of_another_type(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    """Dates as a spreadsheet counts them."""
    column = rng.choice([c for c in sheet.contract.columns if c.required and c.type in ("date", "timestamp")])
    for row in range(len(sheet.rows)):
        sheet.put(row, column.name, str(40_000 + row % 5_000))
    return Caught(failed=frozenset({f"share invalid in {column.name}", QUARANTINED}), state="stopped")


@kind
def many_bad_numbers(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    known = [column for column in _numbers(sheet) if column.required]
    if not known:
        return None
    for row in rng.sample(range(len(sheet.rows)), round(len(sheet.rows) * 0.2)):
        sheet.put(row, known[0].name, _other_check_digit(sheet.get(row, known[0].name)))
    return Caught(failed=frozenset({f"share invalid in {known[0].name}", QUARANTINED}), state="stopped")


@kind
def many_rows_repeated(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.rows += [[*sheet.rows[row]] for row in rng.sample(range(len(sheet.rows)), len(sheet.rows) // 4)]
    return Caught(failed=frozenset({"share repeating a key", QUARANTINED}), state="stopped")


@kind
def every_row_three_times(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    """As a join on half a key delivers."""
    if len(sheet.rows) < GROWTH_SHOWS_FROM:
        return None
    sheet.rows = [[*row] for row in sheet.rows for _ in range(3)]
    return Caught(failed=frozenset({GROWTH, "share repeating a key", QUARANTINED}), state="stopped")


# --- harmless: told, or not even that


@kind
def column_added(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.header.append("新增项")
    for row in sheet.rows:
        row.append("甲")
    return Caught(unknown=("新增项",))


@kind
def columns_in_another_order(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    order = rng.sample(range(len(sheet.header)), len(sheet.header))
    sheet.header = [sheet.header[place] for place in order]
    sheet.rows = [[row[place] for place in order] for row in sheet.rows]
    return Caught()


@kind
def line_break_within_quotes(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    free = _free_texts(sheet)
    for row in _some(sheet, rng, free[0]) if free else ():
        sheet.put(row, free[0].name, f"{sheet.get(row, free[0].name)}\n（续）")
    return Caught() if free else None


@kind
def byte_order_mark(sheet: Sheet, day: date, rng: Random) -> Caught | None:
    sheet.last = lambda content: b"\xef\xbb\xbf" + content
    return Caught() if sheet.csv else None


# --- how they are made


def _some(sheet: Sheet, rng: Random, column: Column | None = None) -> list[int]:
    """A few rows, so few that the feed comes in; where a column is named, rows that have it."""
    open_rows = [row for row in range(len(sheet.rows)) if column is None or sheet.get(row, column.name)]
    most = max(1, min(3, len(sheet.rows) // 25))
    return sorted(rng.sample(open_rows, min(most, len(open_rows))))


def _rows(at: Sequence[int], column: str, reason: str) -> Caught:
    return Caught(tuple(Bad(frozenset({row + 1}), column, reason) for row in at))


def _edited(sheet: Sheet, column: Column, at: Sequence[int], edit: Callable[[str], str], reason: str) -> Caught | None:
    for row in at:
        sheet.put(row, column.name, edit(sheet.get(row, column.name)))
    return _rows(at, column.name, reason) if at else None


def _numbers(sheet: Sheet) -> list[Column]:
    """Columns of identity numbers and credit codes; a supplier's own scheme knows no check digits."""
    columns = sheet.contract.columns
    return [column for column in columns if column.identifies and (sheet.feed, column.name) not in SCHEMED]


def _number(sheet: Sheet, rng: Random, edit: Callable[[str], str], reason: str, whose: str = "") -> Caught | None:
    known = [column for column in _numbers(sheet) if not whose or column.identifies == whose]
    column = rng.choice(known) if known else None
    return column and _edited(sheet, column, _some(sheet, rng, column), edit, reason)


def _dated(sheet: Sheet, rng: Random, text: Callable[[str], str]) -> Caught | None:
    column = rng.choice([column for column in sheet.contract.columns if column.type in ("date", "timestamp")])
    at, pattern = _some(sheet, rng, column), _pattern(sheet, column)
    return _edited(sheet, column, at, lambda _: text(pattern), f"not_a_{column.type}")


def _free_texts(sheet: Sheet) -> list[Column]:
    """Text columns without a list or a pattern, in which some row says something."""
    plain = [c for c in sheet.contract.columns if c.type == "text" and not c.pattern and not c.allowed]
    return [c for c in plain if c.name not in sheet.layout.values and any(sheet.column(c.name))]


def _required(sheet: Sheet) -> list[Column]:
    return [column for column in sheet.contract.columns if column.required]


def _freshness(sheet: Sheet) -> Column:
    return sheet.contract.column(sheet.contract.freshness_column or "as_of")


def _rotated(sheet: Sheet, at: Sequence[int], by: int, column: str, reason: str) -> Caught:
    for row in at:
        sheet.rows[row] = sheet.rows[row][-by:] + sheet.rows[row][:-by]
    return _rows(at, column, reason)


def _doubled(sheet: Sheet, at: Sequence[int]) -> Caught | None:
    """Rows whose twins were appended in the same order: one of two is refused."""
    first = len(sheet.rows) - len(at)
    pairs = [frozenset({row + 1, first + place + 1}) for place, row in enumerate(at)]
    return Caught(tuple(Bad(pair, "", "duplicate_key") for pair in pairs)) if at else None


def _ordered(sheet: Sheet) -> list[tuple[str, str, str]]:
    """Rules that ask one date not to be after another: name, earlier, later."""
    found = []
    for rule in sheet.contract.rules:
        if match := re.fullmatch(r"(\w+) (<=|>=) (\w+)", rule.holds):
            one, sign, other = match.groups()
            found.append((rule.name, one, other) if sign == "<=" else (rule.name, other, one))
    return found


def _rule_broken(sheet: Sheet, rng: Random, rules: Sequence[tuple[str, str, str]]) -> Caught | None:
    if not rules:
        return None
    name, earlier, later = rng.choice(rules)
    first, last = sheet.contract.column(earlier), sheet.contract.column(later)
    at = [row for row in _some(sheet, rng, first) if later != "as_of" or sheet.get(row, later)]
    for row in at:
        if later == "as_of":
            sheet.put(row, earlier, _written(sheet, first, _read(sheet, last, sheet.get(row, later)) + timedelta(1)))
        else:
            sheet.put(row, later, _written(sheet, last, _read(sheet, first, sheet.get(row, earlier)) - timedelta(1)))
    return _rows(at, "", name)


def _too_old(sheet: Sheet, day: date, whole: int) -> frozenset[str]:
    """The check of age, where what is left of the first so many rows is older than the contract allows."""
    column = _freshness(sheet)
    newest = max(_read(sheet, column, text) for text in sheet.column(column.name)[:whole])
    return frozenset({AGE} if (day - newest).days > (sheet.contract.freshness_days or 0) else ())


def _pattern(sheet: Sheet, column: Column) -> str:
    return "%Y-%m-%d %H:%M:%S" if column.type == "timestamp" else sheet.layout.patterns[column.name]


def _spelt(pattern: str, year: str, month: str, dom: str) -> str:
    return re.sub("%[HMS]", "08", pattern.replace("%Y", year).replace("%m", month).replace("%d", dom))


def _written(sheet: Sheet, column: Column, on: date) -> str:
    return datetime(on.year, on.month, on.day, 8).strftime(_pattern(sheet, column))  # noqa: DTZ001


def _read(sheet: Sheet, column: Column, text: str) -> date:
    return datetime.strptime(text, _pattern(sheet, column)).date()  # noqa: DTZ007


def _below(sheet: Sheet, column: Column) -> str:
    least = str(column.minimum)
    if column.type == "date":
        return _written(sheet, column, date.fromisoformat(least) - timedelta(days=1))
    return str(int(least) - 1)


def _other_check_digit(text: str) -> str:
    signs = CREDIT_SIGNS if text.startswith("9") else "0123456789X"
    return text[:-1] + signs[(signs.index(text[-1]) + 1) % len(signs)]


def _checked(body: str) -> str:
    return body + str(ric.calc_check_digit(body + "0"))
