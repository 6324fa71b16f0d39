"""Sends letters by e-mail (SMTP): Message-ID is made of the message's id, by which a receiver knows a repeated one.

One connection carries the letters of a round, and is asked before each whether it still stands. Every letter carries
List-Unsubscribe with one click (RFC 8058). The connection is encrypted, but for a server on this machine itself. What a
server says of an address is told by its code alone, never by its words, which may quote it.
"""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from jobs.carriers.parcel import Answer, Parcel
from profiles.errors import SettingsError

SECONDS = 15.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Mail:
    """Sends by one server: ``smtp://`` with STARTTLS or ``smtps://``, user and password in the address."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or "@" not in sender:
            raise SettingsError(
                "YIDANG_SMTP_URL must be smtp://user:password@host:587 or smtps://user:password@host:465, and "
                "YIDANG_MAIL_FROM the address that reminders come from."
            )
        self._host, self._tls = parts.hostname, parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._server: smtplib.SMTP | None = None

    def carry(self, parcel: Parcel) -> Answer:
        """Try once."""
        try:
            message = letter_of(parcel, self._sender)
        except ValueError:
            return Answer("failed", "malformed_address")
        try:
            self._standing().send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            return _answer(min(code for code, _ in refused.recipients.values()))
        except smtplib.SMTPResponseException as refused:
            self.rest()
            return _answer(refused.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            self.rest()
            return Answer("later", type(error).__name__)
        return Answer("sent")

    def rest(self) -> None:
        """Take leave of the server."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _standing(self) -> smtplib.SMTP:
        """The connection as it stands, or a new one where it does not any more."""
        if self._server is not None and not _answers(self._server):
            self.rest()
        if self._server is None:
            self._server = self._opened()
        return self._server

    def _opened(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self._tls:
            server = smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        try:
            if not self._tls and self._host not in _LOOPBACK:
                server.starttls(context=context)
            self._sign_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if self._user:
            server.login(self._user, self._password)


def letter_of(parcel: Parcel, sender: str) -> EmailMessage:
    """The e-mail of a parcel; raises ValueError where the address could not stand in a head."""
    message = EmailMessage(policy=WIRE)
    message["Message-ID"] = f"<{parcel.id}@{sender.rpartition('@')[2]}>"
    message["Date"] = format_datetime(parcel.at)
    message["From"], message["To"] = sender, parcel.address
    message["Subject"] = parcel.letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{parcel.links.unsubscribe}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Content-Language"] = parcel.letter.locale
    if len(message["To"].addresses) != 1 or message["To"].defects:
        raise ValueError
    message.set_content(parcel.letter.plain)
    message.add_alternative(parcel.letter.html, subtype="html")
    return message


def _answers(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _answer(code: int) -> Answer:
    """A code of the 500s is for good."""
    return Answer("failed" if code >= 500 else "later", f"smtp_{code}")
