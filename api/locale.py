"""Which of the two languages a reader gets; it knows no words itself."""

from functools import lru_cache
from typing import Literal

Locale = Literal["zh", "en"]
LOCALES: tuple[Locale, ...] = ("zh", "en")


@lru_cache(maxsize=1024)
def negotiate(accept_language: str, chosen: str = "") -> Locale:
    """The language to answer in: what the header weighs highest, else what was once chosen, else Chinese.

    >>> [negotiate(h) for h in ("en-GB,en;q=0.9,zh;q=0.2", "fr, zh-CN;q=0.3, en;q=0.1", "", "en;q=0")]
    ['en', 'zh', 'zh', 'zh']
    >>> negotiate("", chosen="en")
    'en'
    """
    best: tuple[float, Locale] | None = None
    for part in accept_language.lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.split("-")[0].strip()
        weight = _weight(parameters)
        for locale in LOCALES:
            if primary == locale and weight > 0 and (best is None or weight > best[0]):
                best = (weight, locale)
    if best:
        return best[1]
    return "en" if chosen == "en" else "zh"


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
