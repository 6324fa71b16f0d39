"""A parcel made by hand, and receivers that run on this machine."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from email.message import Message
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from jobs.carriers.parcel import Parcel
from recommender.delivery.letter import Letter, Links

SECRET, OLDER = "whsec_" + "bmV3ZXI=" * 4, "whsec_" + "b2xkZXI=" * 4
LINKS = Links("https://portal.example/", "https://portal.example/v1/unsubscribe?token=abc")
LETTER = Letter(
    "zh", "您的往来港澳通行证还有30天到期", "您好！\n正文", "<p>您好！</p>", "还有30天到期", ("document@1",)
)


def parcel(address: str, at: datetime | None = None) -> Parcel:
    return Parcel("0f" * 16, address, LETTER, LINKS, at or datetime.now(UTC), (("1e" * 16, date(2026, 12, 23)),))


class Receiver:
    """A webhook's receiver: keeps what it gets and answers as it is told to."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.location = self.retry_after = ""
        self.seconds = 0.0  # that an answer takes
        self.port = server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hooks/7?a=b"


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that listens on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append(
                ({name.lower(): value for name, value in self.headers.items()} | {":path": self.path}, body)
            )
            time.sleep(kept.seconds)
            self.send_response(kept.status)
            for name, value in (("Location", kept.location), ("Retry-After", kept.retry_after)):
                if value:
                    self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Receiver(server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


class Postbox:
    """An SMTP server's handler: keeps what it gets, and refuses whom it is told to with a code."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Message]] = []
        self.refuses = ""
        self.seconds = 0.0  # that an answer takes
        self.connections: set[object] = set()  # by whom letters came

    # Names and arguments are those that aiosmtpd calls with.
    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802, ARG002
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002
        self.connections.add(session.peer)
        self.got.append((envelope.rcpt_tos[0], BytesParser(policy=default).parsebytes(envelope.content)))
        await asyncio.sleep(self.seconds)
        return "250 OK"


@contextmanager
def postbox() -> Iterator[tuple[Postbox, str]]:
    """A postbox that listens on the loopback, and its address."""
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()
