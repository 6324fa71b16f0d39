"""The commands of delivery: ``deliver``, ``dead-letters`` and ``preview-message``; it does nothing itself."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from jobs.options import TraceOption
from jobs.run import Summary
from jobs.settings import Settings
from jobs.supervise import supervised
from recommender.hours import SHANGHAI, civil_day

Names = Annotated[list[str] | None, typer.Argument(help="As `list` names them; all where none is named.")]


def install(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(help="Send what waits in the outbox, until Ctrl-C; any number may run.")(deliver)
    app.command("preview-message", help="Show what a reminder says; nothing is sent.")(preview_message)
    letters = typer.Typer(no_args_is_help=True, help="Work what channels could not send.")
    letters.command("list", help="List them, the oldest first.")(list_dead)
    letters.command("requeue", help="Let their channel try again.")(requeue_dead)
    letters.command("drop", help="Forget them.")(drop_dead)
    app.add_typer(letters, name="dead-letters")


def deliver(
    once: Annotated[bool, typer.Option("--once", help="Stop as soon as nothing is left to look at now.")] = False,
    metrics_port: Annotated[int, typer.Option(help="Counters for Prometheus, on 127.0.0.1; 0 for none.")] = 0,
    now: Annotated[str | None, typer.Option(help="Stand at this moment (ISO 8601), to show a past day.")] = None,
    trace: TraceOption = False,
) -> None:
    """``python -m jobs deliver``."""
    clock, settings, started = _clock(now), Settings.load(), time.monotonic()
    with supervised("deliver", trace=trace) as bar:
        from jobs import deliver as door
        from jobs.rehearse import rehearse
        from jobs.worker_log import WorkerLog
        from recommender.store import Outbox

        worker = door.worker_name()
        with Outbox(settings.store_url, worker, stale_seconds=settings.stale_seconds) as outbox:
            log = WorkerLog(worker)
            one = door.deliverer(settings, outbox, clock, log)
            if settings.delivery == "test":
                bar.end(Summary("deliver", rehearse(one), "a rehearsal: nothing was sent"), time.monotonic() - started)
                return
            if metrics_port:
                log.serve(metrics_port)
            attended = door.work(one, _stopped(), once=once)
            waiting = {str(when): many for when, many in outbox.waiting().items()}
            bar.end(Summary("deliver", {"attended": attended, **waiting}), time.monotonic() - started)


def preview_message(
    kind: Annotated[str, typer.Argument(help="document, duty, opening, closing, private, or a document's type ...")],
    locale: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    trace: TraceOption = False,
) -> None:
    """``python -m jobs preview-message``."""
    with supervised("preview-message", trace=trace):
        from jobs.rehearse import lines, preview

        print("\n".join(lines(preview(kind, locale, civil_day(datetime.now(SHANGHAI))))))


def list_dead(trace: TraceOption = False) -> None:
    """``python -m jobs dead-letters list``."""
    with supervised("dead-letters", trace=trace):
        from jobs.dead_letters import listed
        from recommender.store import Returns

        with Returns(Settings.load().store_url) as returns:
            print("\n".join(listed(returns)))


def requeue_dead(names: Names = None, trace: TraceOption = False) -> None:
    """``python -m jobs dead-letters requeue``."""
    _worked("requeue", names, trace)


def drop_dead(names: Names = None, trace: TraceOption = False) -> None:
    """``python -m jobs dead-letters drop``."""
    _worked("drop", names, trace)


def _worked(how: str, names: list[str] | None, trace: bool) -> None:
    with supervised("dead-letters", trace=trace):
        from jobs import dead_letters
        from recommender.store import Returns

        does = {"requeue": dead_letters.requeue, "drop": dead_letters.drop}[how]
        with Returns(Settings.load().store_url) as returns:
            print(f"{how}: {does(returns, names or []):,}")


def _clock(now: str | None) -> Callable[[], datetime]:
    if now is None:
        return lambda: datetime.now(SHANGHAI)
    try:
        at = datetime.fromisoformat(now)
    except ValueError:
        raise typer.BadParameter(f"{now!r} is no moment; write it as 2026-11-22T10:00") from None
    pinned = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    return lambda: pinned


def _stopped() -> threading.Event:
    """Set by SIGTERM or Ctrl-C: what is under way is finished first."""
    event = threading.Event()

    def stop(*_: Any) -> None:
        event.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return event
