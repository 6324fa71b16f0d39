"""The page's words: a sentence by its key in the reader's language."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import yaml

from api.locale import LOCALES, Locale
from profiles.errors import CatalogueError

FILE = Path(__file__).parent / "words.yaml"

Said = str | Mapping[int | str, str]  # English may say one thing otherwise than many


@cache
def words(file: Path = FILE) -> Mapping[str, Mapping[Locale, Said]]:
    """Every entry of the words' file.

    Raises:
        CatalogueError: an entry lacks one of the two languages; the message names it.
    """
    entries: dict[str, dict[Locale, Said]] = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for key, said in entries.items():
        if not isinstance(said, dict) or set(said) != set(LOCALES):
            raise CatalogueError(f"{file.name}, {key}: expected zh and en, found {said!r}; write both")
    return entries


def speaker(locale: Locale) -> Callable[..., str]:
    """What the templates call ``t``: key and fillings in, sentence out.

    >>> speaker("en")("fact_trips", n=1), speaker("zh")("data_day", day="2026年11月22日")
    ('1 trip', '数据截至2026年11月22日')
    """
    entries = words()

    def say(key: str, **fillings: object) -> str:
        said = entries[key][locale]
        if isinstance(said, Mapping):
            said = said.get(int(str(fillings.get("n", 0))), said["other"])
        return said.format(**fillings) if fillings else said

    return say
