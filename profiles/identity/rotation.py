"""Puts other keys' pseudonyms and seals in the place of the old ones, as native Spark columns; it needs no raw number.

It reads and writes no table: who calls it says where in a table pseudonyms and sealed values stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from profiles.errors import KeyMaterialError
from profiles.identity import columns
from profiles.identity.keys import Keys, added

# A value, and the struct that it is a field of, if any -> what takes its place.
Change = Callable[[Column, Column | None], Column]


@dataclass(frozen=True)
class Sealed:
    """A sealed value: a column, or ``list.field`` of an array of structs.

    ``owner`` is the column of whose it is. It was sealed under ``name``, or under the name that the field
    ``named_by`` of its struct holds. Where ``when`` is given, only structs in which that field is true are sealed.
    """

    at: str
    owner: str
    name: str = ""
    named_by: str = ""
    when: str = ""


@dataclass(frozen=True)
class Holding:
    """Where a table holds pseudonyms (and keyed hashes, which turn alike) and sealed values; paths as in ``Sealed``.

    ``named_after`` are columns made of others: SQL over the turned row.
    """

    pseudonyms: tuple[str, ...] = ()
    sealed: tuple[Sealed, ...] = ()
    named_after: Mapping[str, str] = field(default_factory=dict)


class Rotation:
    """From the old keys to the new ones.

    Raises:
        KeyMaterialError: the new keys' name is the old one, the new ring does not begin with the old one, or nothing
            is new.
    """

    def __init__(self, old: Keys, new: Keys) -> None:
        if new.key_id == old.key_id:
            raise KeyMaterialError(
                f"The new keys are called {new.key_id} as the old ones are: choose another YIDANG_NEW_KEY_ID."
            )
        self.old, self.new, self.later = old, new, added(old, new)
        if not self.later and new.vault == old.vault:
            raise KeyMaterialError(
                "The new keys are the old ones: add a key to YIDANG_NEW_PSEUDONYM_KEY or set YIDANG_NEW_VAULT_KEY."
            )

    def rows(self, frame: DataFrame, holding: Holding) -> DataFrame:
        """The same rows under the new keys."""
        # Inside a lambda Spark would take the owner's name for the renewed column of that name.
        owners = [F.col(f"`{name}`").alias(_as_it_was(name)) for name in sorted({one.owner for one in holding.sealed})]
        changed = {name: F.col(f"`{name}`") for name in frame.columns}
        for path in holding.pseudonyms:
            column, _, inner = path.partition(".")
            changed[column] = self._renewed(changed[column], inner, lambda value, _: self.token(value))
        for one in holding.sealed:
            column, _, inner = one.at.partition(".")
            changed[column] = self._renewed(changed[column], inner, self._resealing(one))
        turned = frame.select("*", *owners).select(*[value.alias(name) for name, value in changed.items()])
        made = {name: f"{sql} AS {name}" for name, sql in holding.named_after.items()}
        return turned.selectExpr(*[made.get(name, f"`{name}`") for name in frame.columns])

    def token(self, old: Column) -> Column:
        """The new pseudonym of an old one; NULL for NULL."""
        return columns.rotated(self.later, old)

    def _renewed(self, column: Column, inner: str, change: Change) -> Column:
        """``column`` changed, or the field ``inner`` of every struct in it."""
        if not inner:
            return change(column, None)
        return F.transform(column, lambda struct: struct.withField(inner, change(struct[inner], struct)))

    def _resealing(self, one: Sealed) -> Change:
        owner = F.col(_as_it_was(one.owner))

        def resealed(value: Column, struct: Column | None) -> Column:
            name = one.name if struct is None or not one.named_by else struct[one.named_by]
            text = columns.opened(self.old, owner, name, value)
            renewed = columns.sealed(self.new, self.token(owner), name, text)
            return renewed if struct is None or not one.when else F.when(struct[one.when], renewed).otherwise(value)

        return resealed


def _as_it_was(name: str) -> str:
    return f"_old_{name}"
