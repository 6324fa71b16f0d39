"""Columns of rows become the arrays that ranking reads, value by value."""

from datetime import date, timedelta

import msgspec
import numpy as np
import pyarrow as pa

from jobs.vocabulary import acts_of, codes, days, flat, number_of, vocabulary
from recommender import catalogue
from recommender.catalogue import Bundle, Service, Step
from recommender.mask import NEVER, Acts
from recommender.terms import Window
from recommender.windows import opens_on
from tagging import registry
from tagging.rules import NO, UNKNOWN, YES

DAY = date(2026, 7, 1)


def test_a_list_column_is_laid_flat_and_a_missing_list_is_empty() -> None:
    offsets, values = flat(pa.chunked_array([[["a"], None], [["b", "c"], []]], pa.list_(pa.string())))
    assert (offsets.tolist(), values.to_pylist()) == ([0, 1, 1, 3, 3], ["a", "b", "c"])


def test_days_count_from_1970_and_what_never_happened_is_never() -> None:
    found = days(pa.array([date(1970, 1, 2), None, date(9999, 12, 31)], pa.date32()))
    assert found.tolist() == [1, NEVER, NEVER]
    assert number_of(date(1970, 1, 2)) == 1


def test_texts_that_are_not_known_have_no_place() -> None:
    assert codes(pa.array(["b", None, "z"]), ("a", "b")).tolist() == [1, -1, -1]


def test_acts_keep_their_row_service_and_days() -> None:
    act = {
        "service": "y",
        "action": "dismissed",
        "acted_on": date(1970, 1, 3),
        "done_on": None,
        "open_until": date(1970, 1, 3),
    }
    shape = pa.list_(
        pa.struct(
            {"service": pa.string(), "action": pa.string()}
            | dict.fromkeys(("acted_on", "done_on", "open_until"), pa.date32())
        )
    )
    acts, actions = acts_of(pa.array([[], [act, {**act, "service": "?", "action": "applied"}]], shape), ("x", "y"))
    assert acts.rows.tolist() == [1, 1]
    assert acts.services.tolist() == [1, -1]
    assert acts.on.tolist() == acts.open_until.tolist() == [2, 2]
    assert acts.done_on.tolist() == [NEVER, NEVER]
    assert acts.dismissed.tolist() == [True, False]
    assert actions.tolist() == [4, 0]


def test_answers_stand_in_the_order_of_the_services_on_offer() -> None:
    words = vocabulary("person", registry.load(), catalogue.load(), DAY)
    nothing_known = np.full((2, len(words.matcher.atoms)), UNKNOWN, dtype=np.int8)
    assert words.answers(nothing_known).shape == (2, len(words.ids))
    assert list(words.ids) == sorted(words.ids)
    assert len(words.rests) == len(words.ids)


def offered(
    day: date, acts: Acts, *services: Service, truths: tuple[int, ...] = (YES,), bundles: tuple[Bundle, ...] = ()
) -> list[list[int]]:
    """What a person to whom the rules' atoms say ``truths`` may be offered of these services on a day."""
    whole = msgspec.structs.replace(catalogue.load(), services=services, bundles=bundles)
    words = vocabulary("person", registry.load(), whole, day)
    return words.offerable(np.array([truths], dtype=np.int8), acts, number_of(day)).tolist()


def service(name: str, **fields: object) -> Service:
    like = catalogue.load().service("hkm_permit_renewal")
    plain = {"requirement": "aged(60)", "renews": None, "issues": None, "requires": (), "follows": ()}
    return msgspec.structs.replace(like, id=name, **{**plain, **fields})


def acts(*done: tuple[int, date]) -> Acts:
    """The services (by place) that the one row has done, and when."""
    on = np.array([number_of(day) for _, day in done], dtype=np.int32)
    places = np.array([place for place, _ in done], dtype=np.int32)
    return Acts(np.zeros(len(done), dtype=np.int32), places, on, on, on, np.zeros(len(done), dtype=bool))


def test_a_service_is_not_offered_until_what_it_requires_is_done() -> None:
    both = service("first"), service("second", requires=("first",))
    assert offered(DAY, acts(), *both) == [[YES, NO]]
    assert offered(DAY, acts((0, DAY)), *both) == [[NO, YES]]
    assert offered(DAY, acts((0, DAY + timedelta(days=1))), *both) == [[YES, NO]]


def test_a_document_held_does_for_the_service_that_issues_it() -> None:
    both = service("first", issues="SENIOR_CARD"), service("second", requires=("first",))
    assert offered(DAY, acts(), *both, truths=(YES, YES)) == [[YES, YES]]
    assert offered(DAY, acts(), *both, truths=(YES, UNKNOWN)) == [[YES, NO]]


def test_the_variant_of_a_division_does_for_the_general_service_that_is_required() -> None:
    local = service("first_local", division="310115", variant_of="first")
    three = service("first"), local, service("second", requires=("first",))
    assert offered(DAY, acts((1, DAY)), *three, truths=(YES, NO)) == [[YES, NO, YES]]


def test_what_is_no_longer_offered_is_required_of_nobody() -> None:
    gone = service("first", valid_until=DAY - timedelta(days=1))
    assert offered(DAY, acts(), gone, service("second", requires=("first",))) == [[YES]]


def test_a_service_is_offered_within_its_window_alone_and_its_opening_is_known() -> None:
    yearly = service("enrolment", window=Window("11-01", "02-28"), valid_until=date(2027, 1, 31))
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2027, 1, 31)]
    assert [offered(day, acts(), yearly) for day in days] == [[[NO]], [[YES]], [[YES]]]
    assert [opens_on(yearly, day) for day in days] == [date(2026, 11, 1), None, None]
    assert opens_on(yearly, date(2027, 3, 1)) is None


def test_a_recurring_service_comes_back_two_months_before_it_is_due() -> None:
    yearly = service("check", recurs_months=12)
    done_on = date(2026, 1, 1)
    days = [done_on + timedelta(days=number) for number in (0, 299, 300)]
    assert [offered(day, acts((0, done_on)), yearly) for day in days] == [[[NO]], [[NO]], [[YES]]]


def test_an_unknown_stays_a_question_unless_it_is_masked() -> None:
    both = service("first"), service("second", requires=("first",))
    assert offered(DAY, acts(), *both, truths=(UNKNOWN,)) == [[UNKNOWN, NO]]


def test_tags_that_may_not_rank_are_left_out_of_the_rows() -> None:
    words = vocabulary("person", registry.load(), catalogue.load(), DAY)
    rows = words.tag_rows(pa.array([["disabled", "senior_60"], ["disabled"]]))
    assert rows.sum() == 1
    assert words.tags[rows.indices[0]] == "senior_60"


def opened_by(rule: str) -> Bundle:
    """A bundle in which the second service waits for the first."""
    steps = (Step("first"), Step("second", after=("first",)))
    return msgspec.structs.replace(
        catalogue.load().bundles[0], audience="person", opened_by=rule, steps=steps, first_while=None
    )


def test_a_step_that_waits_for_an_earlier_one_is_not_offered_while_its_bundle_is_open() -> None:
    both, bundle = (service("first"), service("second")), (opened_by("aged(60)"),)
    assert offered(DAY, acts(), *both, bundles=bundle) == [[YES, NO]]
    assert offered(DAY, acts((0, DAY)), *both, bundles=bundle) == [[NO, YES]]
    once, yearly = both[0], service("first", recurs_months=12)
    long_ago = acts((0, DAY - timedelta(days=366)))
    assert offered(DAY, long_ago, once, both[1], bundles=bundle) == [[NO, YES]]
    assert offered(DAY, long_ago, yearly, both[1], bundles=bundle) == [[YES, NO]]


def test_a_step_is_offered_once_its_bundle_is_over_or_the_earlier_one_does_not_apply() -> None:
    both = (service("first", requirement="aged(70)"), service("second"))
    over, never = (opened_by("sex = 'male'"),), (opened_by("aged(60)"),)
    assert offered(DAY, acts(), *both, truths=(YES, YES, NO), bundles=over) == [[YES, YES]]
    assert offered(DAY, acts(), *both, truths=(YES, YES, UNKNOWN), bundles=over) == [[YES, YES]]
    assert offered(DAY, acts(), *both, truths=(NO, YES), bundles=never) == [[NO, YES]]
    assert offered(DAY, acts(), *both, truths=(UNKNOWN, YES), bundles=never) == [[UNKNOWN, NO]]


def test_what_waits_for_nothing_but_an_earlier_step_is_told_apart() -> None:
    whole = msgspec.structs.replace(
        catalogue.load(), services=(service("first"), service("second")), bundles=(opened_by("aged(60)"),)
    )
    words = vocabulary("person", registry.load(), whole, DAY)
    truths = np.array([[YES], [NO]], dtype=np.int8)
    assert words.offered(truths, acts(), number_of(DAY)).waits.tolist() == [[False, True], [False, False]]
    assert words.offered(truths, acts((1, DAY)), number_of(DAY)).waits.tolist() == [[False, False], [False, False]]
