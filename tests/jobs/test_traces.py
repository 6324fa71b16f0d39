"""Any list of the last days is made again from its trace: by whom it was shown, from what, and every score's sum."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from jobs import publish, rank, traces
from jobs.__main__ import app
from jobs.run import Context
from profiles.errors import TraceUnknown
from recommender.replay import Replayed
from recommender.store import Store
from recommender.trace import trace_of
from tests.jobs.night import Night


@pytest.fixture
def context(night: Night, tmp_path_factory: pytest.TempPathFactory, store_url: str) -> Context:
    return night.copied(tmp_path_factory.mktemp("own"), store_url).context


def shown(context: Context) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """The trace and the items of some lists that are not empty."""
    rows = context.tables.read("person_suggestions", context.spark).where("size(items) > 3").sort("subject")
    for row in rows.limit(5).collect():
        yield trace_of(row.subject, row.record), [item.asDict() for item in row["items"]]


def test_a_list_is_made_again_exactly_after_two_newer_generations(context: Context) -> None:
    lists = dict(shown(context))
    assert len(lists) == 5
    before = {trace: traces.replayed(context, trace) for trace in lists}
    later, last = (replace(context, day=context.day + timedelta(days=days)) for days in (1, 2))
    rank.run(later)
    for newer in (later, last):
        publish.run(newer)
    with Store(context.settings.store_url) as store:
        generation = store.generation()
    assert generation is not None
    assert generation.day == last.day
    assert not set(lists) & {trace for trace, _ in shown(context)}
    for trace, items in lists.items():
        text, found = traces.replayed(context, trace)
        assert (text, found) == before[trace]
        assert text.startswith(context.day.isoformat())
        assert text != generation.text
        same_as_shown(found, items)


def same_as_shown(found: Replayed, items: list[dict[str, object]]) -> None:
    assert found.faithful
    assert [(p.service, p.score, p.probability, p.through) for p in found.places] == [
        (item["service"], item["score"], item["probability"], item["through"]) for item in items
    ]
    for place, item in zip(found.places, items, strict=True):
        told = [(because.tag, because.weight) for because in item["because"]]  # type: ignore[attr-defined]
        assert [*place.added[: len(told)]] == told
        assert place.base + sum(weight for _, weight in place.added) == pytest.approx(place.score, abs=1e-4)
        assert place.service in found.may_have


def test_the_command_prints_what_a_list_was_made_from_and_refuses_an_unknown_trace(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace, items = next(shown(context))
    settings = context.settings
    for name in ("pseudonym_key", "vault_key"):
        monkeypatch.setenv(f"YIDANG_{name.upper()}", getattr(settings, name))
    result = CliRunner().invoke(app, ["replay", trace, "--lake", str(settings.lake)])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    model = context.tables.manifest("model_person")
    assert lines[0].endswith(f"day {context.day} · person")
    assert lines[1].startswith(f"model {model.run} · registry {model.extra['registry']}")
    assert lines[4].startswith(f" 1 {items[0]['service']}: {items[0]['score']:+.6f}")
    assert lines[-1] == "the same list came out again"
    with pytest.raises(TraceUnknown, match=r"No list of the last 30 days in .* has the trace '0{32}'"):
        traces.replayed(context, "0" * 32)
