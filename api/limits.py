"""How many requests a caller may make, and how many are left, as the IETF draft's RateLimit headers say it.

Counted in the memory of each process, not in the store: a page stays one round trip, and the limits hold while the
store is away. Several processes together let through as many times more. The counting is the ``limits`` library's; its
own memory starts a thread every ten milliseconds that walks all keys, so ours forgets what is over once a minute.
"""

import time
from dataclasses import dataclass
from typing import Literal

from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from api.problems import TOO_MANY, Refusal
from api.settings import ApiSettings

SWEEP_SECONDS = 60

Name = Literal["resident", "batch", "address"]


@dataclass(frozen=True)
class Quota:
    """How a caller stands: ``left`` requests in the ``seconds`` that the window still lasts."""

    policy: str
    most: int
    window: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers.

        >>> Quota("resident", 120, 60, 119, 42).headers()
        {'RateLimit-Policy': '"resident";q=120;w=60', 'RateLimit': '"resident";r=119;t=42'}
        """
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.most};w={self.window}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.seconds}',
        }


class Limits:
    """The counters of one process."""

    def __init__(self, settings: ApiSettings) -> None:
        self._items: dict[Name, RateLimitItem] = {
            "resident": parse(settings.rate_resident),
            "batch": parse(settings.rate_batch),
            "address": parse(settings.rate_address),
        }
        self._counter = FixedWindowRateLimiter(Counters())

    def count(self, request: Request, policy: Name, who: str) -> None:
        """Count a request of theirs; raises Refusal where it is one too many."""
        item = self._items[policy]
        allowed = self._counter.hit(item, policy, who)
        reset, left = self._counter.get_window_stats(item, policy, who)
        quota = Quota(policy, item.amount, item.get_expiry(), left, max(1, round(reset - time.time())))
        request.scope["quota"] = quota
        if not allowed:
            raise Refusal(TOO_MANY, {"Retry-After": str(quota.seconds)}, {"violated-policies": [policy]})

    def count_address(self, request: Request) -> None:
        """Count a request by where it comes from; raises Refusal where it is one too many."""
        self.count(request, "address", request.client.host if request.client else "")


class Counters(Storage):
    """Counts by key in this process's memory; a key whose window is over counts from nought again."""

    STORAGE_SCHEME = None
    base_exceptions = ()

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}  # key -> (count, when the window is over)
        self._sweep_at = time.time() + SWEEP_SECONDS

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        if now >= self._sweep_at:
            self._counts = {known: held for known, held in self._counts.items() if held[1] > now}
            self._sweep_at = now + SWEEP_SECONDS
        count, over_at = self._held(key, now)
        self._counts[key] = (count + amount, over_at or now + expiry)
        return count + amount

    def get(self, key: str) -> int:
        return self._held(key, time.time())[0]

    def get_expiry(self, key: str) -> float:
        return self._held(key, time.time())[1] or time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        known = len(self._counts)
        self._counts.clear()
        return known

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def _held(self, key: str, now: float) -> tuple[int, float]:
        held = self._counts.get(key)
        return held if held and held[1] > now else (0, 0.0)
