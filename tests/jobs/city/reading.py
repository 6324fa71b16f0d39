"""A delivered city as its tests read it: text under canonical column names; it never parses a value."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from jobs.city.write import layouts


@dataclass(frozen=True)
class Reading:
    """A city below `root` that was delivered on `day`, with the counts that `make` gave."""

    root: Path
    day: date
    counts: dict[str, int]

    def feed(self, name: str) -> pd.DataFrame:
        """One delivery, every value as the department wrote it."""
        layout = layouts()[name]
        file = self.root / layout.path.replace("{day}", self.day.isoformat())
        read = pd.read_parquet(file) if layout.format == "parquet" else pd.read_csv(file, dtype=str)
        return read.rename(columns={header: column for column, header in layout.headers.items()})

    @property
    def dirt(self) -> dict[str, dict[str, int]]:
        """truth/dirt.json."""
        found: dict[str, dict[str, int]] = json.loads((self.root / "truth" / "dirt.json").read_text(encoding="utf-8"))
        return found

    @property
    def needs(self) -> pd.DataFrame:
        """truth/needs.parquet."""
        return pd.read_parquet(self.root / "truth" / "needs.parquet")

    @property
    def personas(self) -> dict[str, str]:
        """Key to resident number."""
        listed = json.loads((self.root / "personas.json").read_text(encoding="utf-8"))["personas"]
        return {each["key"]: each["resident_id"] for each in listed}
