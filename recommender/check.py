"""Lints the catalogue: every rule parses, every reference leads somewhere, every clause has words; it mends nothing.

``python -m recommender check`` prints what is found, one sentence per problem with the file's entry, and fails.
"""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from profiles import contracts
from profiles.errors import RuleError
from profiles.model import NESTED_COLUMNS, Kind, columns
from profiles.precedence import precedence
from recommender import explain, helping
from recommender.catalogue import Bundle, Catalogue, Service, Text
from recommender.check_reminders import reminder_problems, window_problems
from recommender.clauses import shown
from recommender.delivery import templates
from recommender.delivery.check import message_problems
from recommender.delivery.letter import unsaid
from tagging.clauses import clauses
from tagging.rules import Atom, leaves, parse
from tagging.rules.words import EVENT_KINDS, LINK_KINDS

_ID = re.compile(r"[a-z][a-z0-9_]*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PHONE = re.compile(r"\d{5}|0\d{2,3}-\d{4}-?\d{4}")
PROVINCE = 4  # digits of a division that name the city and no district of it
_LAW = re.compile(r"《.+》")


def problems(catalogue: Catalogue, tag_rules: Mapping[Kind, Mapping[str, str]]) -> Iterator[str]:
    """One sentence per fault of ``catalogue``, whose rules may name the tags in ``tag_rules``."""
    for service in catalogue.services:
        yield from (f"service {service.id}: {fault}" for fault in _service(service, catalogue))
        yield from _rule(service.requirement, service.audience, f"service {service.id}", catalogue, tag_rules)
    for bundle in catalogue.bundles:
        yield from (f"bundle {bundle.id}: {fault}" for fault in _bundle(bundle, catalogue))
        for text in _rules_of(bundle):
            yield from _rule(text, bundle.audience, f"bundle {bundle.id}", catalogue, tag_rules)
    yield from _circles(catalogue)
    yield from _unspoken(catalogue, tag_rules)
    yield from reminder_problems(catalogue)
    yield from message_problems(catalogue, templates.load())
    yield from helping.problems(helping.rules())
    yield from _sources(catalogue)
    yield from _forms(catalogue)
    yield from _names(catalogue)


def _rules_of(bundle: Bundle) -> tuple[str, ...]:
    return (bundle.opened_by, *filter(None, [bundle.first_while]))


def _service(service: Service, catalogue: Catalogue) -> Iterator[str]:
    if not _ID.fullmatch(service.id):
        yield "an id is lower case letters, digits and underscores"
    stages = [stage for audience, stage in catalogue.stages if audience == service.audience]
    if service.stage not in stages:
        yield f"no stage {service.stage!r}; a {service.audience} has {', '.join(stages)}"
    for theme in service.themes or ("(none)",):
        if (service.audience, theme) not in catalogue.themes:
            yield f"no {service.audience} theme {theme}"
    for event in service.events or ("(none)",):
        if event not in catalogue.events or catalogue.events[event].audience != service.audience:
            yield f"no {service.audience} event {event}"
    if not _LAW.search(service.legal_basis.zh):
        yield "the legal basis cites no law in 《》"
    numbers = (service.processing_days, service.delivery_days, service.trips, service.cost_yuan, service.minutes)
    if min(numbers) < 0 or service.processing_days < 1 or service.minutes < 1:
        yield "days, trips, cost and minutes are counts; processing and minutes are at least 1"
    if service.contactless and (service.trips or not service.channels.online):
        yield "a contactless service needs an online channel and no trip"
    for does, document in (("renews", service.renews), ("issues", service.issues)):
        if document and document not in catalogue.documents:
            yield f"it {does} {document}, which data/documents does not describe"
    yield from _effort(service)
    yield from _neighbours(service, catalogue)
    if service.window:
        yield from window_problems(service.window)
    if not _PHONE.fullmatch(service.channels.phone):
        yield f"a telephone number is a hotline's five digits or has an area code, not {service.channels.phone!r}"
    if service.trips and not service.channels.appointment_url:
        yield "it takes a trip to a counter that nobody can book: give its authority an appointment_url"
    if service.division and len(service.division) > PROVINCE and not _of_district(service, catalogue):
        yield f"it is of the district {service.division} alone, and {service.authority.zh} answers for it elsewhere too"
    if service.channels.appointment_url and not service.channels.appointment_url.startswith("https://"):
        yield f"an appointment link begins with https://, not {service.channels.appointment_url!r}"
    if service.division and not service.division.isdigit():
        yield f"a division is digits of GB/T 2260, not {service.division!r}"
    if service.valid_until and service.valid_until < service.valid_from:
        yield "it ends before it begins"
    for paper in service.evidence:
        if paper.satisfied_by and not _readable(paper.satisfied_by, service.audience, catalogue):
            yield f"evidence {paper.name.en!r}: nothing in a file is called {paper.satisfied_by}"


def _of_district(service: Service, catalogue: Catalogue) -> bool:
    """Whether whoever answers for the service answers for that district alone."""
    same = (one for one in catalogue.services if one.authority.code == service.authority.code)
    return all(one.division == service.division for one in same)


def _effort(service: Service) -> Iterator[str]:
    if service.steps < 1:
        yield "it takes one step at the least"
    now = (service.processing_days, service.minutes, service.steps, service.trips)
    before = (service.usual.days, service.usual.minutes, service.usual.steps, service.usual.trips)
    for name, new, old in zip(("days", "minutes", "steps", "trips"), now, before, strict=True):
        if new > old:
            yield f"it takes {new} {name}, more than the {old} of the usual way"


def _neighbours(service: Service, catalogue: Catalogue) -> Iterator[str]:
    for does, others in (("requires", service.requires), ("follows", service.follows)):
        for other in others:
            if (
                other == service.id
                or other not in catalogue.by_id
                or catalogue.by_id[other].audience != service.audience
            ):
                yield f"it {does} {other}, which is no other {service.audience} service"
    if service.variant_of is None:
        return
    general = catalogue.by_id.get(service.variant_of)
    if general is None or general.audience != service.audience or general.division == service.division:
        yield f"it stands in for {service.variant_of}, which is no {service.audience} service of a wider division"
    elif not service.division.startswith(general.division):
        yield f"its division {service.division} lies outside that of {general.id}, {general.division}"


def _circles(catalogue: Catalogue) -> Iterator[str]:
    """What could never be offered to anybody: services that require each other."""
    try:
        tuple(TopologicalSorter({service.id: service.requires for service in catalogue.services}).static_order())
    except CycleError as circle:
        yield f"services require each other: {' -> '.join(circle.args[1])}"


def _readable(read: str, kind: Kind, catalogue: Catalogue) -> bool:
    family, _, name = read.partition(":")
    known = {
        "fact": (set(columns(kind)) | set(precedence()[kind])) - set(NESTED_COLUMNS),
        "document": set(catalogue.documents),
        "link": set(LINK_KINDS),
        "event": set(EVENT_KINDS),
    }
    return name in known.get(family, ())


def _rule(
    text: str, kind: Kind, where: str, catalogue: Catalogue, tag_rules: Mapping[Kind, Mapping[str, str]]
) -> Iterator[str]:
    try:
        rule = parse(text, kind, where=where, tags=tag_rules[kind])
    except RuleError as wrong:
        yield str(wrong)
        return
    for atom in leaves(rule.tree):
        yield from (f"{where}: {fault}" for fault in _atom(atom, catalogue))
    for clause in shown(rule.tree):
        for locale in ("zh", "en"):
            if not explain.speaks(clause, locale):
                yield f"{where}: {clause} has no sentence in {locale}; name its word or column in tagging/registry"


def _atom(atom: Atom, catalogue: Catalogue) -> Iterator[str]:
    if atom.word == "true":
        yield "a rule that is true of everyone is no rule"
    if atom.word in ("holds", "expires_within", "expired_within") and atom.args[0] not in catalogue.documents:
        yield f"{atom.code} names a document that data/documents does not describe"
    if atom.word == "has_done" and atom.args[0] not in catalogue.by_id:
        yield f"{atom.code} names no service of the catalogue"


def _unspoken(catalogue: Catalogue, tag_rules: Mapping[Kind, Mapping[str, str]]) -> Iterator[str]:
    """Sentences that nobody reads any more: neither as the reason of a service or bundle, nor as that of a tag."""
    rules = [(service.requirement, service.audience) for service in catalogue.services]
    rules += [(text, bundle.audience) for bundle in catalogue.bundles for text in _rules_of(bundle)]
    spoken: set[str] = set()
    for text, kind in rules:
        try:
            spoken.update(shown(parse(text, kind, tags=tag_rules[kind]).tree))
        except RuleError:
            return  # said already, with its place
    for kind, tags in tag_rules.items():
        for text in tags.values():
            together = clauses(parse(text, kind, tags=tags).tree) or ()
            spoken.update(literal.code for clause in together for literal in clause)
    for clause in catalogue.sentences.keys() - spoken:
        yield f"sentences.yaml: no rule says {clause} any more"


def _bundle(bundle: Bundle, catalogue: Catalogue) -> Iterator[str]:
    steps = [step.service for step in bundle.steps]
    if len(steps) < 2 or len(set(steps)) < len(steps):
        yield "a bundle has two steps or more, each once"
    for step in bundle.steps:
        service = catalogue.by_id.get(step.service)
        if service is None or service.audience != bundle.audience:
            yield f"no {bundle.audience} service is called {step.service}"
        for before in set(step.after) - set(steps):
            yield f"{step.service} waits for {before}, which is no step of the bundle"
        for before in sorted(set(service.requires if service else ()) & set(steps) - set(step.after)):
            yield f"{step.service} requires {before}, a step of the same bundle: name it in its after"
    yield from _sharing(bundle)
    try:
        tuple(TopologicalSorter({step.service: step.after for step in bundle.steps}).static_order())
    except CycleError as circle:
        yield f"steps wait for each other: {' -> '.join(circle.args[1])}"


def _sharing(bundle: Bundle) -> Iterator[str]:
    shared = [step.service for step in bundle.steps if step.shared]
    if shared and bundle.shared_by is None:
        yield f"{', '.join(shared)} are shared, but not between whom: say shared_by: parents or shared_by: spouses"
    if bundle.shared_by and not shared:
        yield f"it is shared by {bundle.shared_by}, but none of its steps is: mark those that are with shared: true"
    if bundle.shared_by and bundle.audience != "person":
        yield "an enterprise has one file, so all its steps are shared by whoever acts for it: leave shared_by out"


def _sources(catalogue: Catalogue) -> Iterator[str]:
    for feed in sorted(set(contracts.load()) - set(catalogue.sources)):
        yield f"sources.yaml does not say who shares {feed}"
    yield from _holders(catalogue)


def _holders(catalogue: Catalogue) -> Iterator[str]:
    told = {f"link:{kind}" for kind in LINK_KINDS if kind not in precedence()["link"]}
    told |= {f"event:{kind}" for kind in EVENT_KINDS}
    for read in sorted(told ^ set(catalogue.holders)):
        yield f"holders.yaml says whose word each relation and event is, once, and of no other thing: see {read}"
    for read, feed in catalogue.holders.items():
        if feed not in contracts.load():
            yield f"holders.yaml, {read}: no feed is called {feed}"


def _forms(catalogue: Catalogue) -> Iterator[str]:
    for audience, form in catalogue.forms.items():
        for field in form:
            where = f"forms/{audience}.yaml, {field.name.en}"
            yield from (f"{where}: {fault}" for fault in _text(field.name))
            if field.filled_by and not _readable(field.filled_by, audience, catalogue):
                yield f"{where}: nothing in a file is called {field.filled_by}"


def _names(catalogue: Catalogue) -> Iterator[str]:
    for service in catalogue.services:
        for text in (service.name, service.description, service.output, service.channels.hall, service.channels.hours):
            yield from (f"service {service.id}: {fault}" for fault in _text(text))
        for paper in service.evidence:
            yield from (f"service {service.id}: {fault}" for fault in _text(paper.name))
    for bundle in catalogue.bundles:
        for text in (bundle.name, bundle.description):
            yield from (f"bundle {bundle.id}: {fault}" for fault in _text(text))
    for kind in catalogue.documents.values():
        yield from (f"document {kind.type}: {fault}" for fault in _text(kind.name))
        tells = unsaid(f"{kind.name.zh} {kind.name.en}", templates.load())
        if kind.audience == "person" and tells and not kind.private:
            yield f"document {kind.type}: its name says {tells[0]}, which no message may: mark it private: true"


def _text(text: Text) -> Iterator[str]:
    if not _CHINESE.search(text.zh):
        yield f"{text.zh!r} is not Chinese"
    if not text.en.strip() or _CHINESE.search(text.en):
        yield f"{text.en!r} is not English"
