"""What services have in common, which of them are new, and a policy that says nothing impossible."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from profiles.errors import CatalogueError
from recommender import shelf as shelves
from recommender.catalogue import load
from recommender.shelf import Contactless, New, Policy, policy, shelf
from tests.jobs.town import DAY

POLICY = Policy(
    places=12,
    most_of_a_theme=6,
    most_of_an_authority=5,
    first_unless_less_likely=10,
    new=New(days=180, uses=20, share=0.1),
    contactless=Contactless(tags=("senior_70",), adds=0.2),
)
CARD, RENEWAL = load().service("senior_card"), load().service("hkm_permit_renewal")


def test_services_of_one_theme_or_authority_have_one_number() -> None:
    twin = replace(CARD, id="twin")
    found = shelf([CARD, RENEWAL, twin], {}, DAY, POLICY)
    assert found.themes[0] == found.themes[2] != found.themes[1]
    assert found.authorities[0] == found.authorities[2] != found.authorities[1]
    assert (found.places, found.most_of_a_theme, found.most_of_an_authority, found.for_new) == (12, 6, 5, 1)
    assert found.most_behind == pytest.approx(2.302585)


def test_a_service_is_new_while_it_is_young_and_few_have_used_it() -> None:
    young = [replace(CARD, id=name, valid_from=DAY - timedelta(days=179)) for name in ("unused", "tried", "used")]
    old = replace(CARD, id="old", valid_from=DAY - timedelta(days=180))
    found = shelf([*young, old], {"tried": 19, "used": 20}, DAY, POLICY)
    assert found.new.tolist() == [True, True, False, False]
    assert found.known.tolist() == [False, False, True, False]


def test_what_needs_no_trip_is_eased_for_the_tags_of_the_policy() -> None:
    found = shelf([replace(CARD, contactless=True), replace(CARD, id="other", contactless=False)], {}, DAY, POLICY)
    assert (found.eased.tolist(), dict(found.easing)) == ([True, False], {"senior_70": 0.2})


def test_the_policy_as_declared_caps_themes_and_authorities_at_half_of_the_places() -> None:
    assert (policy().places, policy().most_of_a_theme, policy().most_of_an_authority) == (12, 6, 6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("places: 12", "does not say how lists are arranged"),
        (
            "{places: 0, most_of_a_theme: 1, most_of_an_authority: 1, new: {days: 1, uses: 1, share: 0.1}}",
            "expected places, caps and times of 1 or more",
        ),
        (
            "{places: 1, most_of_a_theme: 1, most_of_an_authority: 1, new: {days: 1, uses: 1, share: 1.1}}",
            "a share between 0 and 1",
        ),
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    easing = "first_unless_less_likely: 1, contactless: {tags: [], adds: 0}}"
    (tmp_path / "arrangement.yaml").write_text(f"{text.removesuffix('}')}, {easing}" if text.startswith("{") else text)
    monkeypatch.setattr(shelves, "FILE", tmp_path / "arrangement.yaml")
    with pytest.raises(CatalogueError, match=said):
        policy.__wrapped__()
