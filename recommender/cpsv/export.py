"""Writes the whole catalogue as JSON-LD or Turtle; it fetches nothing, and the same catalogue gives the same file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rdflib import Graph, Literal
from rdflib.namespace import XSD

from profiles.errors import CatalogueError
from profiles.model import Kind
from profiles.recognition import regions
from recommender.catalogue import Bundle, Catalogue
from recommender.cpsv.services import Services
from recommender.cpsv.vocabulary import CV, DCAT, DCT, PREFIXES, Writing
from recommender.terms import Authority, Text

PUBLISHER = Authority(code="publisher", zh="市政务服务办公室", en="Government Service Office")
_TITLE = Text(zh="政务服务事项目录", en="Catalogue of public services")
_DESCRIPTION = Text(zh="面向个人和企业的政务服务事项。", en="The city's public services for persons and enterprises.")


def written(catalogue: Catalogue, tag_rules: Mapping[Kind, Mapping[str, str]], base: str) -> Writing:
    """The catalogue's graph: every service, the events and bundles that group them, the authorities behind them."""
    w = Writing(base)
    services = Services(w, catalogue, tag_rules)
    city = regions()[0][0]
    whole = w.thing(w.at("catalogue"), DCAT.Dataset, identifier=f"catalogue-{catalogue.version}", title=_TITLE)
    w.text(whole, DCT.description, _DESCRIPTION)
    w.say(whole, DCT.publisher, services.authority(PUBLISHER, services.place(city)))
    for service in catalogue.services:
        me = services.service(service, whole, city)
        w.say(whole, DCT.hasPart, me)
        w.say(me, DCT.valid, Literal(service.valid_from, datatype=XSD.date))
        for code in service.events:
            w.say(services.event(code), CV.hasRelatedService, me)
    for bundle in catalogue.bundles:
        _bundle(w, bundle)
    return w


def save(writing: Writing, out: Path) -> None:
    """Writes the graph as the name's ending says: ``.jsonld`` or ``.ttl``; raises CatalogueError for any other."""
    write = {".jsonld": _json_ld, ".ttl": _turtle}.get(out.suffix)
    if write is None:
        raise CatalogueError(f"{out.name}: expected a name that ends in .jsonld or .ttl, got {out.suffix or 'none'}")
    out.write_text(write(writing.graph), encoding="utf-8")


def _bundle(w: Writing, bundle: Bundle) -> None:
    """A bundle is an event that groups its steps."""
    kind = CV.LifeEvent if bundle.audience == "person" else CV.BusinessEvent
    me = w.thing(w.at("bundle", bundle.id), CV.Event, kind, identifier=f"bundle-{bundle.id}", title=bundle.name)
    w.text(me, DCT.description, bundle.description)
    for step in bundle.steps:
        service = w.at("service", step.service)
        w.say(me, CV.hasRelatedService, service)
        w.say(service, CV.isGroupedBy, me)


def _turtle(graph: Graph) -> str:
    return graph.serialize(format="turtle")


def _json_ld(graph: Graph) -> str:
    context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
    told = json.loads(graph.serialize(format="json-ld", context=context, auto_compact=True))
    return json.dumps(_ordered(told), ensure_ascii=False, indent=1) + "\n"


def _ordered(part: Any) -> Any:
    """The same JSON with lists in one order: in a graph their order means nothing."""
    if isinstance(part, dict):
        return {key: _ordered(value) for key, value in sorted(part.items())}
    if isinstance(part, list):
        return sorted((_ordered(one) for one in part), key=lambda one: json.dumps(one, sort_keys=True))
    return part
