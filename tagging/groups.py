"""The groups by which files are counted where nobody is named, spelt once for both engines; it counts nothing."""

from profiles.model import Kind
from tagging.rules.engine import Engine

AGE_BANDS = ((0, 17), (18, 34), (35, 59), (60, 79), (80, None))


def group(kind: Kind, engine: Engine) -> str:
    """SQL: a person's age band, an enterprise's division of industry (GB/T 4754); "" where the file does not say."""
    if kind == "enterprise":
        return "coalesce(substr(industry, 1, 2), '')"
    bands = " ".join(
        f"WHEN birth_date > {engine.shifted('as_of', -(above + 1), 'YEAR')} THEN '{least}–{above}'"
        for least, above in AGE_BANDS
        if above is not None
    )
    return f"CASE WHEN birth_date IS NULL THEN '' {bands} ELSE '{AGE_BANDS[-1][0]}+' END"


def district(kind: Kind) -> str:
    """SQL: the division code (GB/T 2260) of where the subject is; "" where the file does not say."""
    return f"coalesce(substr({'residence_division' if kind == 'person' else 'division'}, 1, 6), '')"
