"""What the API takes; it is validated strictly, and an unknown field is an error."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recommender.choices import ReminderState
from recommender.helping import BEST_STARS, Opinion, Reason, rules

VacancyState = Literal["dismissed", "applied", "restored"]
ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,30}$")]


class FeedbackIn(BaseModel):
    """What the subject did with one service. ``dismissed`` and ``done`` hide it from the next request on.

    ``stuck`` (办不成事) and a rating of one or two stars open a case of help.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    service: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$", examples=["senior_card"])]
    action: Annotated[
        Literal["shown", "opened", "started", "done", "dismissed", "restored", "rated", "stuck"],
        Field(examples=["dismissed"]),
    ]
    stars: Annotated[int | None, Field(ge=1, le=5, description="With action rated alone.")] = None
    reason: Annotated[Reason | None, Field(description="With action stuck alone.", examples=["papers"])] = None
    said: Annotated[str | None, Field(min_length=1, max_length=500, description="With what opens a case.")] = None

    @model_validator(mode="after")
    def _each_with_its_action(self) -> Self:
        if (self.action == "stuck") != (self.reason is not None):
            raise ValueError("reason goes with the action stuck, and with it alone")
        if (self.action == "rated") != (self.stars is not None):
            raise ValueError("stars go with the action rated, and with it alone")
        if self.said is not None and not (self.action == "stuck" or (self.stars or BEST_STARS) <= rules().rated.stars):
            raise ValueError("said goes with the action stuck or a bad rating alone")
        return self


class VacancyIn(BaseModel):
    """What became of a vacancy; ``dismissed`` and ``applied`` hide it from the next request on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    state: Annotated[VacancyState, Field(examples=["dismissed"])]


class DraftIn(BaseModel):
    """A half-filled form: what stands in each of its fields, by whatever name the portal calls it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    fields: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[str, Field(max_length=500)]],
        Field(min_length=1, max_length=100, examples=[{"telephone": "021-0000-0000", "delivery": "post"}]),
    ]


class CorrectionIn(BaseModel):
    """What is wrong in the subject's file, and what is right; it goes to the department whose word it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    about: Annotated[
        str,
        Field(
            pattern=r"^((fact|link|event):[a-z_]{2,40}|document:[A-Z0-9_]{2,40})$",
            examples=["fact:residence_division", "document:HKM_PERMIT", "link:spouse", "event:moved"],
        ),
    ]
    said: Annotated[str, Field(min_length=1, max_length=500, examples=["I moved to another district in May."])]


class ChoicesIn(BaseModel):
    """What the subject chooses; a field left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    personalised: Annotated[bool | None, Field(examples=[False])] = None
    locale: Annotated[Literal["zh", "en"] | None, Field(examples=["en"])] = None
    channels: Annotated[
        tuple[ChannelName, ...] | None,
        Field(strict=False, max_length=8, examples=[["portal", "email"]], description="In which order; [] for any."),
    ] = None
    addresses: Annotated[
        dict[ChannelName, str] | None,
        Field(max_length=8, examples=[{"email": "wang@mail.example"}], description='By channel; "" takes one back.'),
    ] = None
    quiet: Annotated[
        str | None,
        Field(
            pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$",
            examples=["22:00-07:30"],
            description='Hours in which nothing is sent; "" for those of the city.',
        ),
    ] = None


class ReminderIn(BaseModel):
    """How a reminder is marked. ``snoozed`` comes back on the day ``until``, the others need no day."""

    model_config = ConfigDict(extra="forbid", strict=True)

    state: Annotated[ReminderState, Field(examples=["snoozed"])]
    until: Annotated[date | None, Field(strict=False, examples=["2026-12-01"])] = None

    @model_validator(mode="after")
    def _a_day_with_snoozed_alone(self) -> Self:
        if (self.state == "snoozed") != (self.until is not None):
            raise ValueError("until goes with the state snoozed, and with it alone")
        return self


class OpinionIn(BaseModel):
    """What somebody thinks of the service, of one item or of all."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Annotated[Opinion, Field(examples=["idea"])]
    said: Annotated[str, Field(min_length=1, max_length=1000, examples=["Let me save a half-filled form."])]
    service: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$", examples=["senior_card"])] = None
