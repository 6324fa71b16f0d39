"""How long a channel that failed is left alone; it tries nothing itself."""

from datetime import timedelta
from hashlib import blake2b

from recommender.terms import Retries


def wait(
    policy: Retries, message: str, channel: str, failures: int, asked: timedelta = timedelta(0)
) -> timedelta | None:
    """How long to wait after so many failures in a row; None where the channel has had all its attempts.

    The share that is drawn comes from the message, the channel and the attempt, so that it is the same whoever asks.
    A receiver that ``asked`` to be left alone for longer is, up to the policy's longest wait.

    >>> policy = Retries(attempts=4, first_seconds=60, times=4, most_seconds=600, jitter=0)
    >>> [wait(policy, "m", "email", failures) for failures in (1, 2, 3)]
    [datetime.timedelta(seconds=60), datetime.timedelta(seconds=240), datetime.timedelta(seconds=600)]
    >>> wait(policy, "m", "email", 4) is None
    True
    >>> [str(wait(policy, "m", "portal", 1, timedelta(seconds=asked))) for asked in (30, 90, 9_000)]
    ['0:01:00', '0:01:30', '0:10:00']
    """
    if failures >= policy.attempts:
        return None
    whole = min(policy.most_seconds, policy.first_seconds * policy.times ** (failures - 1))
    drawn = timedelta(seconds=whole * (1 - policy.jitter * _drawn(f"{message} {channel} {failures}")))
    return max(drawn, min(asked, timedelta(seconds=policy.most_seconds)))


def _drawn(text: str) -> float:
    """From 0 to less than 1."""
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest()) / 2**32
