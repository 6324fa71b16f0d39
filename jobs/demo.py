"""The demo in one command: keys, a made-up city, every job, a store and the API; for showing, never for serving."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jobs import serve
from jobs.city import make
from jobs.run import Context, Progress, Summary, city_summary, run_all
from jobs.session import SHORT_RUNS
from jobs.settings import Settings
from profiles.errors import SettingsError

START_SECONDS = 180.0  # a busy laptop takes its time


@dataclass(frozen=True)
class Demo:
    """What the demo is of, and where it keeps what it makes."""

    people: int
    seed: int
    day: date
    port: int
    store_port: int
    folder: Path

    @property
    def city(self) -> Path:
        return self.folder / "city"

    @property
    def store_url(self) -> str:
        return f"redis://127.0.0.1:{self.store_port}/0"

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def made_of(self) -> dict[str, object]:
        """What must be the same for a city made before to be shown again."""
        return {"people": self.people, "seed": self.seed, "day": self.day.isoformat()}


def show(demo: Demo, progress: Progress, report: Callable[[Summary, float], None]) -> subprocess.Popen[bytes]:
    """Make what is not there yet, start the store and the API; the API's process, which answers by now.

    Raises:
        YidangError: a step failed; what was started is stopped again.
    """
    environment = {**os.environ, **keys(demo)}
    marker = demo.folder / "made.json"
    again = marker.exists() and json.loads(marker.read_text()) == demo.made_of
    if serve.start(demo.folder / "store", demo.store_url) is None and not serve.running(demo.folder / "store"):
        raise SettingsError(
            f"The store that answers at {demo.store_url} is not this demo's, and would be written over. Stop it where "
            f"it was started, or choose another port: python -m jobs demo --store-port {demo.store_port + 1}."
        )
    try:
        if not again:
            marker.unlink(missing_ok=True)
            started = time.monotonic()
            progress("making a city", 0, 1)
            report(city_summary(make(demo.people, demo.seed, demo.day, demo.city)), time.monotonic() - started)
        context = Context(demo.day, _settings(demo, environment), progress)
        run_all(context, report, ("publish",) if again else None)
        marker.write_text(json.dumps(demo.made_of))
        return start_api(demo, environment)
    except BaseException:
        serve.stop(demo.folder / "store")
        raise


def stop(demo: Demo, api: subprocess.Popen[bytes]) -> None:
    """Stop the API and the store."""
    api.terminate()
    api.wait()
    serve.stop(demo.folder / "store")


def keys(demo: Demo) -> dict[str, str]:
    """The environment with this demo's own keys, made when first asked for."""
    folder = demo.folder / "keys"
    made = subprocess.run(
        [sys.executable, "-m", "api", "demo-keys", "--out", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SettingsError(f"The demo's keys could not be made in {folder}: {made.stderr.strip().splitlines()[-1]}")
    lines = (folder / "demo.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def start_api(demo: Demo, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """The API's process, once it answers.

    Raises:
        SettingsError: the port is taken, or the API ended or did not answer in time; its log says more.
    """
    log_file = demo.folder / "api.log"
    with log_file.open("wb") as log:
        api = subprocess.Popen(
            [sys.executable, "-m", "api", "serve", "--port", str(demo.port)],
            env={
                **environment,
                "YIDANG_STORE_URL": demo.store_url,
                "YIDANG_DEMO_PERSONAS": str((demo.city / "personas.json").resolve()),
                "YIDANG_DAY": demo.day.isoformat(),
                "YIDANG_STORE_TIMEOUT": "1",  # a laptop has more to do than this
            },
            stdout=log,
            stderr=log,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and api.poll() is None:
        with suppress(OSError), urllib.request.urlopen(demo.address + "health/ready", timeout=1):  # noqa: S310
            return api
        time.sleep(0.1)
    if api.poll() is None:
        api.terminate()
        raise SettingsError(
            f"The API does not answer at {demo.address} within {START_SECONDS:.0f} s: see {log_file}. The city is "
            "made; run the demo again and it comes up from there."
        )
    raise SettingsError(
        f"The API ended instead of answering at {demo.address}: is the port taken? See {log_file}, or choose another: "
        "make demo PORT=8001."
    )


def _settings(demo: Demo, environment: Mapping[str, str]) -> Settings:
    return Settings.load(
        lake=demo.folder / "lake",
        source=demo.city,
        suppliers="city",
        store_url=demo.store_url,
        pseudonym_key=environment["YIDANG_PSEUDONYM_KEY"],
        vault_key=environment["YIDANG_VAULT_KEY"],
        key_id=environment["YIDANG_KEY_ID"],
        spark_conf=dict(SHORT_RUNS),
    )
