"""Cases of help: what somebody could not get done, rated badly or had to say, until it is answered; it answers nobody.

The rules stand in ``data/words/helping.yaml``. A case goes through its steps in order, each due some working days
after the day on which it was opened; it is closed once it was replied to.
"""

from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import blake2b
from typing import Literal, get_args

import msgspec
import yaml

from profiles.errors import CatalogueError
from recommender import calendar
from recommender.catalogue import DATA
from recommender.terms import Text

About = Literal["stuck", "rated", "opinion"]
Step = Literal["call_back", "verify", "mend", "reply"]
Reason = Literal["refused", "impossible", "hard", "papers", "unclear", "system", "other"]
Opinion = Literal["praise", "complaint", "idea"]

REPLY: Step = "reply"
BEST_STARS = 5
FIELD = "reply"  # under which a reply is sealed for its subject


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By when each step is due, in working days and in order; ``stars`` is the best rating that opens a case."""

    due: Mapping[Step, int]
    stars: int = 0


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of ``helping.yaml``."""

    stuck: Due
    rated: Due
    opinion: Due
    steps: Mapping[Step, Text]
    reasons: Mapping[Reason, Text]
    opinions: Mapping[Opinion, Text]
    site: Text

    def of(self, about: About) -> Mapping[Step, int]:
        """Step → working days."""
        return {"stuck": self.stuck, "rated": self.rated, "opinion": self.opinion}[about].due

    def named(self, code: Reason | Opinion) -> Text:
        """What a reason or a kind of opinion is called."""
        every: Mapping[str, Text] = {**self.reasons, **self.opinions}  # type: ignore[dict-item]
        return every[code]


class Help(msgspec.Struct, frozen=True):
    """One case as the store keeps it for its subject: ``done`` says when each step was taken; ``reply`` is sealed.

    ``service`` is empty where an opinion names none.
    """

    opened_on: date
    about: About
    service: str
    reason: Reason | Opinion | None = None
    done: Mapping[Step, date] = msgspec.field(default_factory=dict)
    reply: str = ""
    closed_on: date | None = None

    def due_on(self, step: Step) -> date:
        """The last day on which a step is in time.

        >>> Help(date(2026, 11, 20), "stuck", "senior_card").due_on("call_back")  # a Friday
        datetime.date(2026, 11, 23)
        """
        return calendar.after_working_days(self.opened_on, rules().of(self.about)[step])

    @property
    def answer_by(self) -> date:
        return self.due_on(REPLY)

    @property
    def next_step(self) -> Step | None:
        """The step to be taken now, None once all were."""
        return next((step for step in rules().of(self.about) if step not in self.done), None)

    def late(self, today: date) -> bool:
        """Whether the step to be taken now should have been taken by now."""
        return self.next_step is not None and self.due_on(self.next_step) < today

    @property
    def text(self) -> str:
        """As the store keeps it."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def parse(cls, text: str) -> "Help":
        """What ``text`` wrote."""
        return msgspec.json.decode(text, type=cls)


@dataclass(frozen=True)
class Rates:
    """How many cases there are, how many of those that are to be called back were (coverage), and of those that are
    answered or overdue, how many were replied to in time (resolution)."""

    opened: int = 0
    to_call_back: int = 0
    called_back: int = 0
    due: int = 0
    in_time: int = 0
    late: int = 0

    @property
    def line(self) -> str:
        """As it is printed.

        >>> Rates(9, 8, 6, 4, 3, 1).line
        'opened 9 · called back 6 of 8 (75%) · replied in time 3 of 4 (75%) · late 1'
        """
        called, replied = _part(self.called_back, self.to_call_back), _part(self.in_time, self.due)
        return f"opened {self.opened} · called back {called} · replied in time {replied} · late {self.late}"


def rates(cases: Iterable[Help], today: date) -> Rates:
    """How the cases were seen to until today."""
    every = list(cases)
    due = [one for one in every if REPLY in one.done or one.answer_by < today]
    return Rates(
        opened=len(every),
        to_call_back=sum("call_back" in rules().of(one.about) for one in every),
        called_back=sum("call_back" in one.done for one in every),
        due=len(due),
        in_time=sum(REPLY in one.done and one.done[REPLY] <= one.answer_by for one in due),
        late=sum(one.late(today) for one in every),
    )


def number_of(subject: str, opened_on: date, token: str) -> str:
    """What a case is called, short enough to be read out on the telephone; the same token gives the same number.

    >>> number_of("a" * 32, date(2026, 11, 22), "once") == number_of("a" * 32, date(2026, 11, 22), "once")
    True
    """
    digest = blake2b(token.encode(), key=subject.encode(), digest_size=5).digest()
    return f"B{opened_on:%y%m%d}-{b32encode(digest).decode()}"


@cache
def rules() -> Rules:
    """The rules, read once per process; raises CatalogueError where the file has another shape."""
    told = yaml.safe_load((DATA / "words" / "helping.yaml").read_text(encoding="utf-8"))
    try:
        return msgspec.convert(told, Rules)
    except msgspec.ValidationError as wrong:
        raise CatalogueError(f"helping.yaml: {wrong}; mend it and run the check") from wrong


def problems(given: Rules) -> Iterator[str]:
    """One sentence per fault of ``helping.yaml``."""
    for about in get_args(About):
        due = given.of(about)
        days = list(due.values())
        if not due or list(due)[-1] != REPLY:
            yield f"helping.yaml, {about}: the last step is reply"
        if days != sorted(set(days)) or min(days, default=1) < 1:
            yield f"helping.yaml, {about}: each step is due later than the one before, the first after a day at least"
        yield from (f"helping.yaml, {about}: {step} has no name under steps" for step in due if step not in given.steps)
    for codes, names in (("reasons", given.reasons), ("opinions", given.opinions)):
        known = get_args(Reason if codes == "reasons" else Opinion)
        yield from (f"helping.yaml: {code} has no name under {codes}" for code in known if code not in names)
    if not 1 <= given.rated.stars < BEST_STARS:
        yield f"helping.yaml, rated: stars is a number from 1 to {BEST_STARS - 1}"


def _part(part: int, whole: int) -> str:
    return f"{part} of {whole} ({f'{part / whole:.0%}' if whole else '-'})"
