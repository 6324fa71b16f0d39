"""Sends short texts to a chat's robot (WeCom, DingTalk, Feishu) through Apprise, and to no other of its services.

These take no id, so what was repeated after a crash is seen twice: the text ends with the first digits of the
message's id, by which a reader may tell.
"""

from jobs.carriers.parcel import Answer, Parcel

_SHOWN = 6


class Chat:
    """Sends to addresses of one ``scheme``, such as ``wecombot``."""

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme

    def carry(self, parcel: Parcel) -> Answer:
        """Try once."""
        if not parcel.address.startswith(f"{self._scheme}://"):
            return Answer("failed", "other_service")
        from apprise import Apprise, NotifyFormat  # half a second to load, and only chats need it

        robot = Apprise()
        if not robot.add(parcel.address):
            return Answer("failed", "malformed_address")
        text = f"{parcel.letter.short}\n{parcel.links.page}\n#{parcel.id[:_SHOWN]}"
        sent = robot.notify(title=parcel.letter.subject, body=text, body_format=NotifyFormat.TEXT)
        return Answer("sent") if sent else Answer("later", "not_taken")

    def rest(self) -> None:
        """Nothing was kept open."""
