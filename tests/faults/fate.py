"""Ends a process at a drawn call, so that no gap between two calls is left out; nothing is told before it."""

import os
import signal
from collections.abc import Callable
from typing import Any


class Fate:
    """Kills its process the ``left``-th time it is asked: before and after each call that it wraps; None never does."""

    def __init__(self, left: int | None) -> None:
        self._left = left

    def __call__(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, before and after which its process may die."""

        def between(*given: Any, **more: Any) -> Any:
            self._ask()
            done = call(*given, **more)
            self._ask()
            return done

        return between

    def _ask(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
