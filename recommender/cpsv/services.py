"""What one service, its authority, its law and its events are in the terms of CPSV-AP; it writes no file."""

import re
from collections.abc import Mapping
from hashlib import blake2b

from rdflib import SKOS, XSD, Literal, URIRef

from profiles.model import Kind
from recommender import explain
from recommender.catalogue import Authority, Catalogue, Service
from recommender.clauses import shown
from recommender.cpsv.vocabulary import CHINESE, CPSV, CV, DCT, ELI, ENGLISH, FOAF, ORG, TIME, YUAN, Writing, days
from recommender.terms import Evidence, Text
from recommender.wording import wording
from tagging.rules import parse

_LAW = re.compile(r"《[^》]+》")
_AUDIENCES = {"person": Text(zh="个人", en="persons"), "enterprise": Text(zh="企业", en="enterprises")}
_ONLINE, _COUNTER = Text(zh="网上办理", en="online"), Text(zh="窗口办理", en="at the counter")
_CONTACTLESS = Text(zh="不见面审批", en="contactless")


class Services:
    """The services of one catalogue, written one by one."""

    def __init__(self, writing: Writing, catalogue: Catalogue, tag_rules: Mapping[Kind, Mapping[str, str]]) -> None:
        self._w, self._catalogue, self._tags = writing, catalogue, tag_rules

    def service(self, one: Service, part_of: URIRef, whole_city: str) -> URIRef:
        """The service with everything that belongs to it; ``whole_city`` is the division of those that name none."""
        w = self._w
        me = w.thing(w.at("service", one.id), CPSV.PublicService, identifier=one.id, title=one.name)
        w.text(me, DCT.description, one.description)
        w.say(me, DCT.isPartOf, part_of)
        w.say(me, DCT.language, CHINESE, ENGLISH)
        w.say(me, DCT.audience, w.concept("audience", one.audience, _AUDIENCES[one.audience]))
        w.say(me, DCT.type, w.concept("type", one.type, self._catalogue.types[one.type]))
        w.say(me, CV.isClassifiedBy, w.concept("stage", one.stage, self._catalogue.stages[one.audience, one.stage]))
        for code in one.themes:
            theme = self._catalogue.themes[one.audience, code]
            w.say(me, CV.thematicArea, w.concept("theme", f"{one.audience}-{code}", theme))
        where = self.place(one.division or whole_city)
        authority = self.authority(one.authority, self.place(whole_city))
        w.say(me, DCT.spatial, where)
        w.say(me, CV.hasCompetentAuthority, authority)
        w.say(me, CV.processingTime, days(one.processing_days))
        w.say(me, DCT.requires, *(w.at("service", other) for other in one.requires))
        related = (*one.follows, *((one.variant_of,) if one.variant_of else ()))
        w.say(me, CV.relatedService, *(w.at("service", other) for other in related))
        w.say(me, CV.isGroupedBy, *(self.event(code) for code in one.events))
        self._outcome(one, me)
        self._cost(one, me, authority)
        self._asked(one, me)
        self._channels(one, me, authority)
        return me

    def authority(self, one: Authority, where: URIRef) -> URIRef:
        """A competent authority; it is an agent too, so that it may publish."""
        name = Text(zh=one.zh, en=one.en)
        me = self._w.at("authority", one.code)
        self._w.thing(me, CV.PublicOrganisation, ORG.Organization, FOAF.Agent, identifier=one.code, title=name)
        self._w.text(me, SKOS.prefLabel, name)
        self._w.say(me, DCT.spatial, where)
        return me

    def place(self, division: str) -> URIRef:
        """A division of GB/T 2260."""
        me = self._w.thing(self._w.at("division", division), DCT.Location, identifier=division)
        self._w.text(me, SKOS.prefLabel, wording().name("divisions", division) or Text(zh=division, en=division))
        return me

    def event(self, code: str) -> URIRef:
        """A life or business event."""
        event = self._catalogue.events[code]
        kind = CV.LifeEvent if event.audience == "person" else CV.BusinessEvent
        return self._w.thing(self._w.at("event", code), CV.Event, kind, identifier=code, title=event.name)

    def _outcome(self, one: Service, me: URIRef) -> None:
        output = self._w.at("output", one.id)
        self._w.thing(output, CV.Output, identifier=f"{one.id}-output", title=one.output)
        document = one.issues or one.renews
        if document:
            kind = self._w.concept("document", document, self._catalogue.document(document).name)
            self._w.say(output, DCT.type, kind)
        self._w.say(me, CPSV.produces, output)

    def _cost(self, one: Service, me: URIRef, authority: URIRef) -> None:
        cost = self._w.thing(self._w.at("cost", one.id), CV.Cost, identifier=f"{one.id}-cost")
        self._w.thing(YUAN, SKOS.Concept)
        self._w.text(YUAN, SKOS.prefLabel, Text(zh="人民币", en="yuan"))
        self._w.say(cost, CV.hasValue, Literal(float(one.cost_yuan), datatype=XSD.double))
        self._w.say(cost, CV.currency, YUAN)
        self._w.say(cost, CV.isDefinedBy, authority)
        self._w.say(me, CV.hasCost, cost)

    def _asked(self, one: Service, me: URIRef) -> None:
        """What entitles to the service, by which rule and law, and what proves it."""
        w = self._w
        laws = [self._law(title) for title in _LAW.findall(one.legal_basis.zh)]
        rule = w.at("rule", one.id)
        w.thing(rule, CPSV.Rule, identifier=f"{one.id}-rule", title=_titled("办理条件", "Who may apply", one.name))
        w.text(rule, DCT.description, self._described(one))
        w.say(rule, DCT.language, CHINESE, ENGLISH)
        w.say(rule, CPSV.implements, *laws)
        required = w.at("requirement", one.id)
        name = _titled("资格要求", "Entitlement", one.name)
        w.thing(required, CV.Requirement, identifier=f"{one.id}-requirement", title=name)
        w.say(required, CV.fulfils, rule)
        w.say(me, CPSV.follows, rule)
        w.say(me, CV.holdsRequirement, required)
        w.say(me, CV.hasLegalResource, *laws)
        for number, paper in enumerate(one.evidence, 1):
            evidence = self._evidence(one, number, paper, required)
            w.say(required, CV.hasSupportingEvidence, evidence)
            w.say(me, CPSV.hasInput, evidence)

    def _described(self, one: Service) -> Text:
        """The clauses of the rule in words."""
        rule = parse(one.requirement, one.audience, tags=self._tags[one.audience])
        zh, en = (
            [explain.sentence(clause, locale, one.audience) for clause in shown(rule.tree)] for locale in ("zh", "en")
        )
        return Text(zh=f"看以下情况：{'；'.join(zh)}。", en=f"It turns on this: {'; '.join(en)}.")

    def _evidence(self, one: Service, number: int, paper: Evidence, required: URIRef) -> URIRef:
        w = self._w
        me = w.at("evidence", one.id, str(number))
        w.thing(me, CV.Evidence, identifier=f"{one.id}-evidence-{number}", title=paper.name)
        w.say(me, DCT.language, CHINESE)
        w.say(me, CV.supportsRequirement, required)
        if paper.deferrable:
            w.text(me, DCT.description, Text(zh="可以容缺受理，材料后补。", en="May follow after the application."))
        if paper.satisfied_by:
            kind = paper.satisfied_by.replace(":", "-")
            w.say(me, DCT.conformsTo, w.thing(w.at("evidence-type", kind), CV.EvidenceType, identifier=kind))
        return me

    def _law(self, title: str) -> URIRef:
        me = self._w.at("law", blake2b(title.encode(), digest_size=6).hexdigest())
        self._w.thing(me, ELI.LegalResource)
        self._w.say(me, DCT.title, Literal(title, lang="zh"))
        return me

    def _channels(self, one: Service, me: URIRef, authority: URIRef) -> None:
        """The counter with its hours and telephone, and the way online where there is one."""
        w, given = self._w, one.channels
        hours = w.thing(w.at("hours", one.id), TIME.TemporalEntity)
        w.text(hours, DCT.description, given.hours)
        kinds = [("counter", _COUNTER)]
        if given.online:
            kinds.append(("contactless", _CONTACTLESS) if one.contactless else ("online", _ONLINE))
        for code, name in kinds:
            channel = w.thing(w.at("channel", one.id, code), CV.Channel, identifier=f"{one.id}-{code}")
            w.say(channel, DCT.type, w.concept("channel", code, name))
            w.say(channel, CV.ownedBy, authority)
            if code == "counter":
                w.text(channel, DCT.description, given.hall)
                w.say(channel, CV.openingHours, hours)
            w.say(me, CV.hasChannel, channel)
        contact = w.thing(w.at("contact", one.id), CV.ContactPoint)
        w.say(contact, CV.telephone, Literal(given.phone))
        w.say(contact, CV.openingHours, hours)
        if given.appointment_url:
            w.say(contact, CV.contactPage, w.thing(URIRef(given.appointment_url), FOAF.Document))
        w.say(me, CV.contactPoint, contact)


def _titled(zh: str, en: str, name: Text) -> Text:
    return Text(zh=f"{zh}：{name.zh}", en=f"{en}: {name.en}")
