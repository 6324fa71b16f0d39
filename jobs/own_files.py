"""What the store keeps of a file for its owner, as native Spark SQL; it packs nothing and reads no table."""

from recommender.own_file import CARRIED

# Facts that lost stay in the lake: the row says what holds.
_OF = {"facts": "filter(facts, one -> one.in_force)"}


def as_json() -> str:
    """SQL for the JSON of a file's nested columns, for ``own_file.pack``."""
    columns = ", ".join(f"'{column}', {_carried(column, names)}" for column, names in CARRIED.items())
    return f"to_json(named_struct({columns}))"


def _carried(column: str, names: tuple[str, ...]) -> str:
    fields = ", ".join(f"'{name}', one.{name}" for name in names)
    return f"transform({_OF.get(column, column)}, one -> named_struct({fields}))"
