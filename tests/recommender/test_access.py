"""Reads are sorted out by process and number: each is new once, and what is lacking is known by its number."""

from recommender.access import CLOSED, Access, Lost, sorted_out


def read(number: int, process: str = "p", what: str = "/v1/me/home") -> Access:
    return Access("a" * 32, what, 0, "portal", process=process, number=number)


def test_what_comes_twice_is_new_once_even_where_its_process_has_ended_since() -> None:
    found = [read(1), read(2), read(3, what=CLOSED)]
    first = sorted_out(found, {})
    assert ([one.number for one in first.new], first.last) == ([1, 2], {"p": -3})
    again = sorted_out(found, first.last)
    assert (again.new, again.lost, again.last) == ([], [], {"p": -3})


def test_a_process_that_ended_is_forgotten_once_its_reads_do_not_come_any_more() -> None:
    after = sorted_out([read(1, "q")], {"p": -3, "r": 7})
    assert after.last == {"q": 1, "r": 7}


def test_what_is_lacking_is_known_by_process_and_number() -> None:
    sort = sorted_out([read(2), read(5), read(1, "q"), read(7, what=CLOSED)], {})
    assert sort.lost == [Lost("p", 1, 1), Lost("p", 3, 4), Lost("p", 6, 6)]
    assert [one.number for one in sort.new] == [2, 5, 1]
