"""A small city after its first night: every job was run once; for tests of what comes after."""

import csv
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import msgspec
import redis as client

from jobs.city import make
from jobs.run import Context, Summary, run_all
from jobs.settings import Settings
from profiles.identity.keys import Keys

DAY = date(2026, 11, 22)
PEOPLE = 400
KEYS = Keys.from_hex(sha256(b"pseudonym").hexdigest(), sha256(b"vault").hexdigest(), "k1")
DONE, STORED = "summaries.json", "store.msgpack"


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

    @cached_property
    def summaries(self) -> Mapping[str, Summary]:
        """What the night's jobs did, by name."""
        return msgspec.json.decode((self.folder / DONE).read_bytes(), type=dict[str, Summary])

    def copied(self, folder: Path, store_url: str) -> "Night":
        """The same night in a folder and a store of its own, which is empty before."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        with client.Redis.from_url(store_url) as store:
            for key, value in msgspec.msgpack.decode((folder / STORED).read_bytes()).items():
                store.restore(key, 0, value, replace=True)
        settings = self.context.settings.model_copy(
            update={"lake": folder / "lake", "source": folder / "city", "store_url": store_url}
        )
        return Night(Context(DAY, settings), folder)


def spend(folder: Path, store_url: str, people: int = PEOPLE, spark_conf: dict[str, str] | None = None) -> Night:
    """Make the city and run its jobs."""
    make(people, 7, DAY, folder / "city")
    spent = found(folder, store_url, spark_conf)
    done = run_all(spent.context, lambda *_: None)
    with client.Redis.from_url(store_url) as store:
        (folder / STORED).write_bytes(msgspec.msgpack.encode({key: store.dump(key) for key in store.scan_iter()}))
    (folder / DONE).write_bytes(msgspec.json.encode(done))
    return spent


def found(folder: Path, store_url: str, spark_conf: dict[str, str] | None = None) -> Night:
    """The night that was spent in the folder."""
    settings = Settings(
        lake=folder / "lake",
        source=folder / "city",
        suppliers="city",  # type: ignore[arg-type]
        pseudonym_key=sha256(b"pseudonym").hexdigest(),
        vault_key=sha256(b"vault").hexdigest(),
        store_url=store_url,
        spark_conf=spark_conf or {},
    )
    return Night(Context(DAY, settings), folder)
