from recommender.clauses import decisive, holding, shown, truth, without_tags
from tagging.rules import NO, UNKNOWN, YES, Tree, leaves, parse

TAGS = {"elder": "aged(60)", "younger": "NOT aged(60)", "renting": "home_kind = 'tenant' AND home_since <= as_of"}
A, B, C = "aged(60)", "sex = 'female'", "holds('PASSPORT')"


def tree(rule: str) -> Tree:
    return parse(rule, "person", tags=TAGS).tree


def test_truth_is_unknown_only_where_what_is_known_does_not_decide() -> None:
    both, either = tree("aged(60) AND sex = 'female'"), tree("aged(60) OR sex = 'female'")
    assert [truth(both, {A: UNKNOWN, B: other}) for other in (NO, YES, UNKNOWN)] == [NO, UNKNOWN, UNKNOWN]
    assert [truth(either, {A: UNKNOWN, B: other}) for other in (NO, YES, UNKNOWN)] == [UNKNOWN, YES, UNKNOWN]
    assert [truth(tree("NOT aged(60)"), {A: value}) for value in (NO, YES, UNKNOWN)] == [YES, NO, UNKNOWN]


def test_a_clause_that_is_said_twice_is_named_once() -> None:
    twice = tree("aged(60) AND (aged(60) OR sex = 'female')")
    assert holding(twice, {A: YES, B: NO}) == (A,)


def test_of_several_ages_the_nearest_is_named() -> None:
    rule = tree("tag('elder') AND aged(45) AND NOT aged(90)")
    assert holding(rule, {A: YES, "aged(45)": YES, "aged(90)": NO}) == (A, "NOT aged(90)")


def test_a_tag_under_not_is_named_by_its_one_atom() -> None:
    assert holding(tree("NOT tag('elder')"), {A: NO}) == ("NOT aged(60)",)
    assert holding(tree("NOT tag('younger')"), {A: YES}) == ("aged(60)",)


def test_a_longer_tag_under_not_is_named_itself() -> None:
    values = {"home_kind = 'tenant'": NO, "home_since <= as_of": UNKNOWN}
    assert holding(tree("NOT tag('renting')"), values) == ("NOT tag('renting')",)


def test_what_one_read_decides_comes_before_what_two_decide() -> None:
    rule = tree("(aged(60) AND holds('PASSPORT')) OR sex = 'female'")
    assert decisive(rule, {A: UNKNOWN, B: NO, C: YES}) == ("fact:birth_date",)
    assert decisive(rule, {A: UNKNOWN, B: NO, C: UNKNOWN}) == ("fact:birth_date", "document:PASSPORT")


def test_without_tags_every_leaf_is_a_fact() -> None:
    codes = [atom.code for atom in leaves(without_tags(tree("tag('renting') AND NOT tag('younger')")))]
    assert codes == ["home_kind = 'tenant'", "home_since <= as_of", "aged(60)"]


def test_every_clause_that_could_be_named_is_listed() -> None:
    rule = tree("tag('renting') AND NOT tag('younger') AND NOT (sex = 'female' OR holds('PASSPORT'))")
    assert shown(rule) == ("tag('renting')", "aged(60)", "NOT sex = 'female'", "NOT holds('PASSPORT')")
