import pytest

from profiles.contracts import load
from profiles.errors import ContractError
from profiles.model import ENTERPRISE_COLUMNS, PERSON_COLUMNS
from profiles.precedence import place, precedence


def test_every_typed_column_of_a_file_has_a_line_of_feeds() -> None:
    assert set(PERSON_COLUMNS) <= set(precedence()["person"])
    assert set(ENTERPRISE_COLUMNS) <= set(precedence()["enterprise"])


def test_every_feed_in_a_line_has_a_contract() -> None:
    named = {feed for facts in precedence().values() for line in facts.values() for feed in line}
    assert named <= set(load())


def test_the_register_of_marriages_goes_before_the_residents_register() -> None:
    assert place("person", "marital_status", "vital_events") < place("person", "marital_status", "residents")


def test_a_feed_that_may_not_state_a_fact_is_named_with_what_to_do() -> None:
    with pytest.raises(ContractError, match=r"where feed vehicles stands for person fact sex: add vehicles"):
        place("person", "sex", "vehicles")
