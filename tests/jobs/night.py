"""A small city after its first night: every job was run once; for tests of what comes after."""

import csv
import shutil
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from jobs.city import make
from jobs.run import Context, run_all
from jobs.settings import Settings
from profiles.identity.keys import Keys

DAY = date(2026, 11, 22)
PEOPLE = 400
KEYS = Keys.from_hex(sha256(b"pseudonym").hexdigest(), sha256(b"vault").hexdigest(), "k1")
JOBS = ("gate", "link", "build", "tag", "outlook", "train", "rank", "publish", "remind")


@dataclass(frozen=True)
class Night:
    """The city's folder and the context in which its jobs ran."""

    context: Context
    folder: Path

    def delivered(self, feed: str) -> Path:
        """The night's delivery of a feed."""
        return self.folder / "city" / "deliveries" / DAY.isoformat() / f"{feed}.csv"

    def rows(self, feed: str) -> list[dict[str, str]]:
        """What was delivered of a feed."""
        with self.delivered(feed).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def copied(self, folder: Path, store_url: str) -> "Night":
        """The same night in a folder and a store of its own."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        settings = self.context.settings.model_copy(
            update={"lake": folder / "lake", "source": folder / "city", "store_url": store_url}
        )
        return Night(Context(DAY, settings), folder)


def spend(folder: Path, store_url: str, people: int = PEOPLE, spark_conf: dict[str, str] | None = None) -> Night:
    """Make the city and run its jobs."""
    make(people, 7, DAY, folder / "city")
    settings = Settings(
        lake=folder / "lake",
        source=folder / "city",
        suppliers="city",  # type: ignore[arg-type]
        pseudonym_key=sha256(b"pseudonym").hexdigest(),
        vault_key=sha256(b"vault").hexdigest(),
        store_url=store_url,
        spark_conf=spark_conf or {},
    )
    context = Context(DAY, settings)
    run_all(context, lambda *_: None, JOBS)
    return Night(context, folder)
