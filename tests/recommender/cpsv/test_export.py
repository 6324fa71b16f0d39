"""The exported catalogue is whole, the same each time, and passes the shapes of CPSV-AP 3.2, which do find faults."""

import json
import os
from pathlib import Path

import msgspec
import pytest
from pyshacl import validate
from rdflib import RDF, SH, Graph, Literal, URIRef
from typer.testing import CliRunner

from profiles.errors import CatalogueError
from profiles.model import KINDS
from recommender.__main__ import app
from recommender.catalogue import Catalogue, load
from recommender.cpsv.export import save, written
from recommender.cpsv.vocabulary import CPSV, CV, DCT, Writing
from tagging import registry

SHAPES = Path(os.environ.get("YIDANG_DATA", "../shared/data")) / "cpsv_ap" / "cpsv-ap-SHACL.ttl"
needs_shapes = pytest.mark.skipif(not SHAPES.is_file(), reason="the shapes of CPSV-AP are not here: set YIDANG_DATA")
PROVE = os.environ.get("YIDANG_PROVE") == "1"
BASE = "https://services.example.gov.cn/"
RULES = {kind: registry.load().rules(kind) for kind in KINDS}


def few(catalogue: Catalogue) -> Catalogue:
    """Every sixth service with those that it names, and no bundle: enough for every kind of thing to be there."""
    kept = {service.id for service in catalogue.services[::6]}
    while True:
        named = {o for s in catalogue.services if s.id in kept for o in (*s.requires, *s.follows, s.variant_of) if o}
        if named <= kept:
            break
        kept |= named
    services = tuple(service for service in catalogue.services if service.id in kept)
    return msgspec.structs.replace(catalogue, services=services, bundles=())


@pytest.fixture(scope="module")
def whole() -> Writing:
    return written(load(), RULES, BASE)


@pytest.fixture(scope="module")
def proven(whole: Writing) -> Writing:
    """What is held against the shapes: all of it where there is time for a proof."""
    return whole if PROVE else written(few(load()), RULES, BASE)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(SHAPES)


def violations(graph: Graph, shapes: Graph) -> list[tuple[str, str]]:
    """(thing, term) of every fault that the shapes find."""
    _, report, _ = validate(graph, shacl_graph=shapes)
    found = report.subjects(RDF.type, SH.ValidationResult)
    return sorted((str(report.value(one, SH.focusNode)), str(report.value(one, SH.resultPath))) for one in found)


def copied(graph: Graph) -> Graph:
    other = Graph()
    for triple in graph:
        other.add(triple)
    return other


@needs_shapes
def test_the_catalogue_has_no_fault_by_the_shapes(proven: Writing, shapes: Graph, tmp_path: Path) -> None:
    save(proven, tmp_path / "catalogue.jsonld")
    read = Graph().parse(tmp_path / "catalogue.jsonld")
    assert violations(read, shapes) == []
    told = ", ".join(f"{count} {name}" for name, count in proven.counts().items())
    print(f"{'whole catalogue' if PROVE else 'every sixth service'}: {len(read)} statements, 0 violations; {told}")


@needs_shapes
@pytest.mark.parametrize(
    ("kind", "term", "instead"),
    [
        ("service/passport_renewal", DCT.title, None),
        ("service/passport_renewal", CV.hasCompetentAuthority, None),
        ("service/passport_renewal", CV.processingTime, Literal("a week")),
        ("service/passport_renewal", CPSV.produces, URIRef(BASE + "authority/exit_entry")),
        ("rule/passport_renewal", DCT.description, None),
        ("evidence/passport_renewal/1", DCT.identifier, None),
        ("cost/passport_renewal", CV.hasValue, Literal("60 yuan")),
    ],
)
def test_a_broken_export_is_caught(shapes: Graph, kind: str, term: URIRef, instead: Literal | URIRef | None) -> None:
    one = msgspec.structs.replace(load(), services=(load().service("passport_renewal"),), bundles=())
    broken = copied(written(one, RULES, BASE).graph)
    about = URIRef(BASE + kind)
    broken.remove((about, term, None))
    if instead is not None:
        broken.add((about, term, instead))
    assert (str(about), str(term)) in violations(broken, shapes)


def test_every_service_is_in_it_with_its_name_its_authority_and_its_neighbours(whole: Writing) -> None:
    services = {str(one) for one in whole.graph.subjects(RDF.type, CPSV.PublicService)}
    assert services == {f"{BASE}service/{service.id}" for service in load().services}
    for service in load().services:
        me, graph = URIRef(f"{BASE}service/{service.id}"), whole.graph
        titles = {(str(t), t.language) for t in graph.objects(me, DCT.title) if isinstance(t, Literal)}
        assert titles == {(service.name.zh, "zh"), (service.name.en, "en")}
        assert str(graph.value(me, CV.hasCompetentAuthority)) == f"{BASE}authority/{service.authority.code}"
        assert str(graph.value(me, CV.processingTime)) == f"P{service.processing_days}D"
        required = {str(other) for other in graph.objects(me, DCT.requires)}
        assert required == {f"{BASE}service/{other}" for other in service.requires}
        themes = {str(theme) for theme in graph.objects(me, CV.thematicArea)}
        assert themes == {f"{BASE}theme/{service.audience}-{code}" for code in service.themes}


def test_bundles_are_events_that_group_their_steps(whole: Writing) -> None:
    for bundle in load().bundles:
        me = URIRef(f"{BASE}bundle/{bundle.id}")
        assert (me, RDF.type, CV.LifeEvent if bundle.audience == "person" else CV.BusinessEvent) in whole.graph
        steps = {str(one) for one in whole.graph.objects(me, CV.hasRelatedService)}
        assert steps == {f"{BASE}service/{step.service}" for step in bundle.steps}


def test_both_files_say_the_same_and_the_same_each_time(tmp_path: Path) -> None:
    some = few(load())
    for name in ("one.jsonld", "two.jsonld", "one.ttl", "two.ttl"):
        save(written(some, RULES, BASE), tmp_path / name)
    assert (tmp_path / "one.jsonld").read_bytes() == (tmp_path / "two.jsonld").read_bytes()
    assert (tmp_path / "one.ttl").read_bytes() == (tmp_path / "two.ttl").read_bytes()
    assert set(Graph().parse(tmp_path / "one.jsonld")) == set(Graph().parse(tmp_path / "one.ttl"))


def test_the_context_stands_in_the_file(proven: Writing, tmp_path: Path) -> None:
    save(proven, tmp_path / "catalogue.jsonld")
    context = json.loads((tmp_path / "catalogue.jsonld").read_text("utf-8"))["@context"]
    assert context["cpsv"] == "http://purl.org/vocab/cpsv#"
    assert all(isinstance(address, str) for address in context.values())


def test_the_command_counts_what_it_wrote(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["export", "--out", str(tmp_path / "catalogue.ttl"), "--base", BASE])
    assert told.exit_code == 0, told.output
    assert f"{len(load().services)} PublicService" in told.output
    assert (tmp_path / "catalogue.ttl").is_file()


def test_another_ending_is_refused(proven: Writing, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"catalogue\.xml: expected a name that ends in \.jsonld or \.ttl, got"):
        save(proven, tmp_path / "catalogue.xml")
    told = CliRunner().invoke(app, ["export", "--out", str(tmp_path / "catalogue.xml")])
    assert told.exit_code == 1
