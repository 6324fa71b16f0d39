"""Days on which an answer may turn, as SQL, and when a moved day is reached; it knows no word of a rule."""

from dataclasses import dataclass

from tagging.rules.engine import Engine, Unit


@dataclass(frozen=True)
class Turns:
    """SQL of single DATEs, NULL where the file has none, and SQL of lists of DATEs."""

    days: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


NEVER = Turns()


def reaching(date: str, amount: int, unit: Unit, engine: Engine) -> str:
    """SQL of the first day that, moved by ``amount`` units, is ``date`` or later.

    A birthday of 29 February comes on 1 March where the year has none: the day before, moved back by whole years,
    is 28 February.
    """
    moved_back = engine.shifted(date, -amount, unit)
    if unit == "DAY" or amount == 0:
        return moved_back if amount else date
    cut = f"day({moved_back}) < day({date})"
    return f"CASE WHEN {cut} THEN {engine.shifted(moved_back, 1, 'DAY')} ELSE {moved_back} END"


def day_after(date: str, engine: Engine) -> str:
    """SQL of the next day."""
    return engine.shifted(date, 1, "DAY")
