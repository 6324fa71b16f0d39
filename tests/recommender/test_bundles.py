from graphlib import CycleError

import msgspec
import pytest

from recommender.bundles import Stand, localised, standing, waves, working_days
from recommender.catalogue import Bundle, Step, load

NEWBORN = next(bundle for bundle in load().bundles if bundle.id == "newborn")


def bundle(**after: tuple[str, ...]) -> Bundle:
    steps = tuple(Step(service, before) for service, before in after.items())
    return msgspec.structs.replace(NEWBORN, id="trial", steps=steps)


def test_what_waits_for_nothing_is_next_and_the_rest_is_later() -> None:
    found = standing(bundle(a=(), b=("a",), c=("a", "b")), done=())
    assert found.steps == (Stand("a", "next"), Stand("b", "later", ("a",)), Stand("c", "later", ("a", "b")))
    assert found.side_by_side == ("a",)


def test_what_a_done_step_held_up_goes_side_by_side() -> None:
    found = standing(NEWBORN, done={"birth_registration"})
    assert found.side_by_side == (
        "postnatal_visit",
        "newborn_hukou",
        "newborn_medical_insurance",
        "maternity_allowance",
        "child_vaccination",
        "childcare_subsidy",
        "spouse_maternity_costs",
        "infant_care_tax_deduction",
    )
    assert (found.done, found.total, found.finished) == (1, 10, False)


def test_a_step_in_progress_still_holds_up_what_waits_for_it() -> None:
    found = standing(bundle(a=(), b=("a",)), done=(), in_progress={"a"})
    assert found.steps == (Stand("a", "in_progress"), Stand("b", "later", ("a",)))


def test_a_step_that_does_not_apply_holds_nothing_up() -> None:
    found = standing(bundle(a=(), b=("a",)), done=(), not_for_you={"a"})
    assert found.steps == (Stand("a", "not_for_you"), Stand("b", "next"))
    assert found.total == 1


def test_what_is_done_stays_done_where_it_no_longer_applies() -> None:
    found = standing(bundle(a=(), b=("a",)), done={"a", "b"}, not_for_you={"a", "b"})
    assert [step.state for step in found.steps] == ["done", "done"]
    assert found.finished


def test_a_service_of_the_own_division_takes_the_place_of_a_step() -> None:
    found = localised(bundle(a=(), b=("a",), c=("b",)), {"b": "b_of_the_district"})
    assert found.steps == (Step("a"), Step("b_of_the_district", ("a",)), Step("c", ("b_of_the_district",)))
    assert localised(NEWBORN, {}) is NEWBORN
    here = localised(NEWBORN, {"newborn_hukou": "hukou_here"})
    assert [step.service for step in here.steps if step.shared][:2] == ["birth_registration", "hukou_here"]


def test_waves_go_in_parallel_and_keep_the_order_of_the_file() -> None:
    assert waves(bundle(c=(), a=(), d=("c",), b=("a",), e=("d", "b"))) == (("c", "a"), ("d", "b"), ("e",))


def test_side_by_side_takes_as_long_as_the_longest_path() -> None:
    ours = load().by_id
    opening = next(found for found in load().bundles if found.id == "open_a_restaurant")
    in_order, parallel = working_days(opening, ours)
    assert in_order == sum(ours[step.service].processing_days for step in opening.steps) == 24
    assert parallel == ours["drainage_permit"].processing_days == 10


def test_what_is_settled_takes_no_more_days() -> None:
    services = load().by_id
    assert working_days(NEWBORN, services) == (65, 21)
    assert working_days(NEWBORN, services, settled={"birth_registration"}) == (64, 20)


def test_steps_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(CycleError):
        waves(bundle(a=("b",), b=("a",)))


@pytest.mark.parametrize("each", load().bundles, ids=lambda each: each.id)
def test_every_bundle_can_be_walked_to_its_end(each: Bundle) -> None:
    done: set[str] = set()
    while not standing(each, done).finished:
        ready = standing(each, done).side_by_side
        assert ready
        done.update(ready)
    assert done == {step.service for step in each.steps}
