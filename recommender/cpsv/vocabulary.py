"""The terms of CPSV-AP 3.2 and how one thing is written in them; it knows no service.

https://semiceu.github.io/CPSV-AP/releases/3.2.0/. Every thing has an address made of the base and its own id, none is
anonymous, so that the same catalogue always gives the same graph.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rdflib import RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from recommender.terms import Text

CV = Namespace("http://data.europa.eu/m8g/")
CPSV = Namespace("http://purl.org/vocab/cpsv#")
DCT = Namespace("http://purl.org/dc/terms/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
ORG = Namespace("http://www.w3.org/ns/org#")
TIME = Namespace("http://www.w3.org/2006/time#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
AUTHORITY = Namespace("http://publications.europa.eu/resource/authority/")

PREFIXES: Mapping[str, Namespace] = MappingProxyType(
    {
        "cv": CV, "cpsv": CPSV, "dct": DCT, "dcat": DCAT, "eli": ELI, "foaf": FOAF, "org": ORG, "time": TIME,
        "adms": ADMS, "skos": Namespace(str(SKOS)), "rdf": Namespace(str(RDF)), "xsd": Namespace(str(XSD)),
    }
)  # fmt: skip
CHINESE, ENGLISH = AUTHORITY["language/ZHO"], AUTHORITY["language/ENG"]
YUAN = AUTHORITY["currency/CNY"]


class Writing:
    """A graph in the making, whose things live under one base address."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.graph = Graph()
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace, replace=True)
        for language in (CHINESE, ENGLISH):
            self.thing(language, DCT.LinguisticSystem)

    def at(self, kind: str, *names: str) -> URIRef:
        """The address of a thing.

        >>> Writing("https://example.org/").at("service", "hkm_permit_renewal")
        rdflib.term.URIRef('https://example.org/service/hkm_permit_renewal')
        """
        return URIRef(self._base + "/".join((kind, *names)))

    def thing(self, address: URIRef, *types: URIRef, identifier: str = "", title: Text | None = None) -> URIRef:
        """Says what a thing is, its identifier and its title in both languages."""
        for type_ in types:
            self.graph.add((address, RDF.type, type_))
        if identifier:
            self.say(address, DCT.identifier, Literal(identifier))
        if title:
            self.text(address, DCT.title, title)
        return address

    def say(self, about: URIRef, term: URIRef, *values: Node) -> None:
        """States a term once for each of the values."""
        for value in values:
            self.graph.add((about, term, value))

    def text(self, about: URIRef, term: URIRef, text: Text) -> None:
        """States a term in both languages."""
        self.say(about, term, Literal(text.zh, lang="zh"), Literal(text.en, lang="en"))

    def concept(self, scheme: str, code: str, name: Text) -> URIRef:
        """One entry of a controlled list, as a SKOS concept of its scheme."""
        address, of = self.at(scheme, code), self.at(scheme)
        self.thing(of, SKOS.ConceptScheme)
        self.thing(address, SKOS.Concept)
        self.say(address, SKOS.inScheme, of)
        self.say(address, SKOS.notation, Literal(code))
        self.text(address, SKOS.prefLabel, name)
        return address

    def counts(self) -> Mapping[str, int]:
        """How many things there are of each type, by the type's own name."""
        types: Iterable[Node] = self.graph.objects(None, RDF.type)
        found: dict[str, int] = {}
        for type_ in types:
            name = self.graph.namespace_manager.qname(str(type_)).partition(":")[2]
            found[name] = found.get(name, 0) + 1
        return dict(sorted(found.items()))


def days(count: int) -> Literal:
    """A number of days as xsd:duration.

    >>> str(days(7))
    'P7D'
    """
    return Literal(f"P{count}D", datatype=XSD.duration, normalize=False)
