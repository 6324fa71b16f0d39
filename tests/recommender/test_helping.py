"""Cases of help: their steps in order, each by its working day, and the rates at which they are seen to."""

from datetime import date

import pytest
from msgspec.structs import replace

from recommender.helping import Due, Help, Rates, number_of, problems, rates, rules

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
STUCK, RATED = Help(FRIDAY, "stuck", "senior_card", "papers"), Help(FRIDAY, "rated", "senior_card")


def test_a_case_keeps_what_it_says() -> None:
    told = Help(FRIDAY, "stuck", "senior_card", "papers", {"call_back": MONDAY}, "c2VhbGVk", MONDAY)
    assert Help.parse(told.text) == told


@pytest.mark.parametrize(
    ("case", "steps"),
    [
        (STUCK, {"call_back": date(2026, 11, 23), "reply": date(2026, 11, 27)}),
        (
            RATED,
            {
                "call_back": date(2026, 11, 23),
                "verify": date(2026, 11, 25),
                "mend": date(2026, 12, 4),
                "reply": date(2026, 12, 11),
            },
        ),
    ],
)
def test_each_step_is_due_by_its_working_day(case: Help, steps: dict[str, date]) -> None:
    assert {step: case.due_on(step) for step in rules().of(case.about)} == steps
    assert case.answer_by == steps["reply"]


def test_over_the_national_holidays_the_clock_stands_still() -> None:
    assert Help(date(2026, 9, 30), "stuck", "senior_card").due_on("call_back") == date(2026, 10, 8)


def test_a_case_is_late_when_its_next_step_is() -> None:
    assert (STUCK.next_step, STUCK.late(MONDAY), STUCK.late(date(2026, 11, 24))) == ("call_back", False, True)
    called = Help(FRIDAY, "stuck", "senior_card", done={"call_back": MONDAY})
    assert (called.next_step, called.late(date(2026, 11, 27)), called.late(date(2026, 11, 28))) == (
        "reply",
        False,
        True,
    )
    answered = Help(FRIDAY, "stuck", "senior_card", done={"call_back": MONDAY, "reply": MONDAY})
    assert (answered.next_step, answered.late(date(2027, 1, 1))) == (None, False)


def test_rates_count_what_is_overdue_as_not_resolved() -> None:
    answered = Help(FRIDAY, "stuck", "a", done={"call_back": MONDAY, "reply": MONDAY})
    too_late = Help(FRIDAY, "stuck", "a", done={"call_back": MONDAY, "reply": date(2026, 12, 1)})
    forgotten, fresh = Help(date(2026, 11, 1), "stuck", "a"), Help(date(2026, 11, 30), "stuck", "a")
    cases = [answered, too_late, forgotten, fresh]
    assert rates(cases, date(2026, 12, 1)) == Rates(opened=4, to_call_back=4, called_back=2, due=3, in_time=1, late=1)
    assert rates([], MONDAY).line == "opened 0 · called back 0 of 0 (-) · replied in time 0 of 0 (-) · late 0"


def test_an_opinion_is_answered_within_a_working_day_and_nobody_is_called_back_for_it() -> None:
    idea = Help(FRIDAY, "opinion", "", "idea")
    assert (idea.answer_by, idea.next_step) == (MONDAY, "reply")
    assert rates([idea], MONDAY).line == "opened 1 · called back 0 of 0 (-) · replied in time 0 of 0 (-) · late 0"


def test_a_number_can_be_read_out_and_is_one_subjects_alone() -> None:
    number = number_of("a" * 32, FRIDAY, "token")
    assert number.startswith("B261120-")
    assert len(number) == 16
    assert number != number_of("b" * 32, FRIDAY, "token")


def test_every_step_and_reason_has_a_name_in_both_languages() -> None:
    named = {**rules().steps, **rules().reasons, **rules().opinions}
    assert all(name.zh and name.en for name in named.values())
    assert {*rules().stuck.due, *rules().rated.due} == set(rules().steps)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stuck": Due({"reply": 5, "call_back": 6})}, "helping.yaml, stuck: the last step is reply"),
        ({"stuck": Due({"call_back": 5, "reply": 5})}, "helping.yaml, stuck: each step is due later"),
        ({"stuck": Due({"reply": 0})}, "helping.yaml, stuck: each step is due later"),
        ({"steps": {}}, "helping.yaml, stuck: call_back has no name under steps"),
        ({"reasons": {}}, "helping.yaml: refused has no name under reasons"),
        ({"opinions": {}}, "helping.yaml: praise has no name under opinions"),
        ({"opinion": Due({"call_back": 1})}, "helping.yaml, opinion: the last step is reply"),
        ({"rated": Due({"reply": 5}, stars=5)}, "helping.yaml, rated: stars is a number from 1 to 4"),
    ],
)
def test_a_slip_in_the_rules_is_named(change: dict[str, object], said: str) -> None:
    assert list(problems(rules())) == []
    assert next(problems(replace(rules(), **change))).startswith(said)
