"""The list of what channels could not send, for an operator to work; it sends nothing and names no subject."""

from collections.abc import Iterator

from profiles.errors import SettingsError
from recommender.hours import SHANGHAI
from recommender.store import Returns


def listed(returns: Returns) -> Iterator[str]:
    """A line each: its name, since when, why, and what it speaks of."""
    found = sorted(returns.dead(), key=lambda one: (one[1].at, one[0]))
    for name, dead in found:
        speaks_of = ", ".join(f"{rung.what} {rung.due_on}" for rung in dead.message.rungs)
        yield f"{name}  {dead.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {dead.why}  {speaks_of}"
    yield f"{len(found):,} dead letters"


def requeue(returns: Returns, names: list[str]) -> int:
    """Let channels try these again, or all where none is named; how many there were.

    Raises:
        SettingsError: there is no dead letter of a name.
    """
    return sum(_found(returns.requeue(name), name) for name in names or [name for name, _ in returns.dead()])


def drop(returns: Returns, names: list[str]) -> int:
    """Forget these, or all where none is named; raises as ``requeue``."""
    return sum(_found(returns.drop(name), name) for name in names) if names else returns.drop_all()


def _found(done: bool, name: str) -> bool:
    if not done:
        raise SettingsError(f"There is no dead letter {name}: see `python -m jobs dead-letters list`.")
    return done
