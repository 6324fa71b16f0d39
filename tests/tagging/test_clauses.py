"""Rules as alternatives of literals: the same truth, and the satisfied clauses as the reason."""

from itertools import product

import numpy as np
import pytest

from tagging.clauses import MOST, clauses
from tagging.rules import NO, UNKNOWN, YES, parse
from tagging.rules.logic import kleene

TAGS = {"old": "aged(60) OR holds('SENIOR_CARD')"}


def said(text):
    found = clauses(parse(text, "person", tags=TAGS).tree)
    return [[("" if each.positive else "NOT ") + each.atom.code for each in clause] for clause in found]


def test_a_leaf_is_one_clause_of_one_literal():
    assert said("aged(60)") == [["aged(60)"]]


def test_not_turns_and_into_or_and_a_tag_is_replaced_by_its_rule():
    assert said("sex = 'male' AND NOT tag('old')") == [["sex = 'male'", "NOT aged(60)", "NOT holds('SENIOR_CARD')"]]
    assert said("NOT (sex = 'male' AND aged(18))") == [["NOT sex = 'male'"], ["NOT aged(18)"]]


@pytest.mark.parametrize(
    "text",
    [
        "aged(1) AND (aged(2) OR aged(3))",
        "NOT (aged(1) AND (aged(2) OR NOT aged(3)))",
        "aged(1) OR NOT aged(1)",
        "(aged(1) OR aged(2)) AND (aged(3) OR NOT (aged(1) AND aged(2)))",
    ],
)
def test_a_rule_is_true_exactly_where_some_clause_holds_altogether(text):
    rule = parse(text, "person")
    rows = np.array(list(product((NO, YES, UNKNOWN), repeat=len(rule.atoms))), dtype=np.int8)
    truths = {atom.code: rows[:, place] for place, atom in enumerate(rule.atoms)}
    holds = np.any(
        [
            np.all([truths[each.atom.code] == (YES if each.positive else NO) for each in clause], axis=0)
            for clause in clauses(rule.tree)
        ],
        axis=0,
    )
    assert holds.tolist() == (kleene([rule], list(truths), rows)[:, 0] == YES).tolist()


def test_a_rule_with_too_many_alternatives_is_asked_as_a_whole():
    pairs = " AND ".join(f"(aged({n}) OR aged({n + 50}))" for n in range(7))
    assert MOST < 2**7
    assert clauses(parse(pairs, "person").tree) is None
