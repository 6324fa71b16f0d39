"""Opens what two sides are compared by, in this process's memory alone; it keeps, logs and returns nothing sealed."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from profiles.identity.keys import Keys, open_sealed
from profiles.linkage.match import PERSON
from profiles.linkage.terms import Terms

_PHONE_DIGITS = 11  # a country code before them says nothing


def opened_records(sealed: pa.Table, terms: Terms, keys: Keys) -> pa.Table:
    """``people.records`` as a table of ``match.PERSON``.

    Raises:
        KeyMaterialError: the vault's key is not the one that sealed them.
    """

    def one(row: Mapping[str, Any]) -> dict[str, object]:
        phone = row["phone"] and open_sealed(keys, row["id"], terms.fields["phone"], row["phone"])
        name = open_sealed(keys, row["id"], terms.fields["name"], row["name"])
        return person(row["id"], name, row["birth_date"], [phone] if phone else [])

    return table(one(row) for row in sealed.to_pylist())


def opened_residents(sealed: pa.Table, keys: Keys) -> pa.Table:
    """``people.residents`` as a table of ``match.PERSON``; raises as ``opened_records``."""

    def one(row: Mapping[str, Any]) -> dict[str, object]:
        phones = [open_sealed(keys, each["owner"], "phone", each["phone"]) for each in row["phones"] or ()]
        return person(row["id"], open_sealed(keys, row["id"], "name", row["name"]), row["birth_date"], phones)

    return table(one(row) for row in sealed.to_pylist())


def person(id_: str, name: str, birth_date: date | None, phones: Iterable[str]) -> dict[str, object]:
    """One row of ``match.PERSON``, written the way in which both sides are compared.

    >>> person("a", " 王 小明", date(2015, 3, 1), ["+86 154-0000-1111", ""])["phones"]
    ['15400001111']
    >>> person("a", " 王 小明", None, [])["spellings"]
    ['小明', '王小', '王小明', '王明']
    """
    plain = "".join(unicodedata.normalize("NFKC", name).split()).replace("·", "")
    digits = ("".join(sign for sign in phone if sign.isdecimal())[-_PHONE_DIGITS:] for phone in phones)
    return {
        "id": id_,
        "name": plain or None,
        "surname": plain[:1] or None,
        "spellings": sorted({plain, *(plain[:at] + plain[at + 1 :] for at in range(len(plain)))} - {""}) or None,
        "birth_date": None if birth_date is None else birth_date.strftime("%Y%m%d"),
        "phones": sorted({phone for phone in digits if phone}) or None,
    }


def table(rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows of ``person`` as a table of ``match.PERSON``, by id."""
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["id"])), schema=PERSON)
