"""What the clients of jobs begin with: a connection that ends with the ``with`` statement; it asks for nothing."""

from typing import Self

from recommender.store.door import address, connected


class Client:
    """A way to the store at ``url``, on which nothing takes longer than ``timeout`` seconds."""

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        self._where = address(url)
        self._client = connected(url, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
