"""One subject's page out of a file, its suggestions and its truths; it words nothing, ranks nothing, reads nothing.

A file comes as a mapping of the columns that ``COLUMNS`` names: dates as ``date``, lists of structs as lists of
mappings, and with them ``items`` and ``unknown`` as ranking wrote them, the ``trace`` of that list, ``ahead`` as
``shown_ahead`` chose, ``likely`` as learning told, ``shared``, the steps that another did for both, and ``known``, what
the file holds of whatever the rules read.
Columns that are missing or None give nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from profiles.model import Kind
from recommender import duties, page, prefill, reminders
from recommender.catalogue import Catalogue
from recommender.eligibility import Matcher, families
from recommender.forms import Forms
from recommender.ledger import Saved
from recommender.mask import rest_days
from recommender.progress import Progress, by_another, by_cases
from recommender.reminding import falls_due
from recommender.settled import NOTHING, settled, through_stand_ins
from recommender.windows import enrolments
from tagging.rules import NO, YES

Row = Mapping[str, Any]
Truths = npt.NDArray[np.int8]

READ_AHEAD_DAYS = 14  # a page is still right when it is read that long after it was made
MOST_FACTS = 3  # behind one change

_NEVER: Row = {"as_of": date.min}

# The columns that a page is made of, besides those of ``duties``.
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    "person": ("subject", "facts", "cases", "links", "events", *duties.COLUMNS["person"]),
    "enterprise": ("subject", "name", "facts", "cases", "links", "events", *duties.COLUMNS["enterprise"]),
}


@dataclass(frozen=True)
class Composer:
    """What all pages of one kind and day have in common."""

    kind: Kind
    day: date
    catalogue: Catalogue
    matcher: Matcher  # as ``bundle_matcher`` makes it
    reads_of: Mapping[str, Sequence[str]]  # tag -> what its rule reads, of the tags that may be ahead

    @cached_property
    def forms(self) -> Forms:
        """All that the services of this kind ask for."""
        return Forms(self.catalogue, self.kind)

    @cached_property
    def _rests(self) -> Mapping[str, int]:
        """How many days each service rests after it was done."""
        own = [service for service in self.catalogue.services if service.audience == self.kind]
        days = rest_days([one.recurs_months for one in own], [one.renews for one in own])
        return {one.id: int(rest) for one, rest in zip(own, days, strict=True)}

    def saved(self, made: page.Page) -> Saved:
        """What the subject of a page saves in all, should every suggestion on it be taken up."""
        holding = self.forms.unpack(made.held)
        return self.forms.saved(holding, (s.service for s in made.suggestions)) if holding else Saved()

    def pages(self, files: Sequence[Row], truths: Truths) -> list[page.Page]:
        """A page per file; ``truths`` int8[N, atoms] answers the matcher's atoms."""
        opened, eligible = self.matcher.opened(truths), self.matcher.eligible(truths)
        never, offered = self._answered(eligible, NO), self._answered(eligible, YES)
        found = []
        for number, file in enumerate(files):
            own = self.matcher.stand_ins(truths[number])
            bundles = self._bundles(file, truths[number], opened[number], never[number], own)
            found.append(self._page(file, bundles, offered[number], own))
        return found

    def _answered(self, eligible: Truths, answer: int) -> list[set[str]]:
        """Per file the services whose rule has that answer."""
        return [
            {s for s, a in zip(self.matcher.services, row, strict=True) if a == answer} for row in eligible.tolist()
        ]

    def _page(
        self, file: Row, bundles: tuple[page.BundleProgress, ...], offered: set[str], own: Mapping[str, str]
    ) -> page.Page:
        held = duties.documents_of(file)
        return page.Page(
            kind=self.kind,
            day=self.day,
            name=_name(file, self.kind),
            suggestions=tuple(self._suggestions(file)),
            due=tuple(self._due(file, held, offered, own)),
            documents=_documents(file, held, self.day),
            bundles=bundles,
            in_progress=_under_way(file),
            mandates=_mandates(file, self.day) if self.kind == "person" else (),
            questions=tuple(page.Question(q["service"], tuple(q["asks"])) for q in file.get("unknown") or ()),
            ahead=tuple(self._ahead(change, file) for change in file.get("ahead") or ()),
            likely=tuple(
                page.Likely(one["id"], one["until"], tuple(one["because"])) for one in file.get("likely") or ()
            ),
            held=self.forms.pack(prefill.held(file, self.kind, self.day, self.catalogue)),
            trace=bytes.fromhex(file.get("trace") or ""),
            vacancies=tuple(map(_offered_vacancy, file.get("vacancies") or ())),
            seeks=tuple(file.get("seeks") or ()),
        )

    def _suggestions(self, file: Row) -> Iterator[page.Suggestion]:
        """What was ranked, but for what another has begun for both since then."""
        begun = {service for one in by_another(file.get("shared"), self.day).values() for service in one.doing}
        return (_suggestion(item) for item in file.get("items") or () if item["service"] not in begun)

    def _due(
        self, file: Row, held: Sequence[duties.Document], offered: set[str], own: Mapping[str, str]
    ) -> Iterator[page.DueItem]:
        """What falls due, each with the service that sees to it: that of the own division where it has one."""
        seen_to = through_stand_ins(settled(file.get("cases"), NOTHING, self.day), own)
        found = reminders.due(
            held,
            duties.duties_of(file, self.kind, self.day, self.catalogue),
            self.day,
            self.catalogue,
            enrolments=enrolments(offered, seen_to, self.day, self.catalogue),
            settled=seen_to,
            ahead_days=READ_AHEAD_DAYS,
        )
        for one in found:
            yield page.DueItem(
                what=one.what,
                due_on=one.due_on,
                service=own.get(one.service, one.service),
                source=one.source,
                as_of=one.as_of,
                announce_from=one.opens_on,
                opens_on=one.open_from if one.thing == "window" else None,
                estimated=one.estimated,
            )

    def _bundles(
        self, file: Row, truths: Truths, opened: Truths, never: set[str], own: Mapping[str, str]
    ) -> tuple[page.BundleProgress, ...]:
        mine = by_cases(file.get("cases"), self.day, self._rests).here(own)
        theirs = by_another(file.get("shared"), self.day)
        steps_of = {bundle.id: [step.service for step in bundle.steps] for bundle in self.catalogue.bundles}
        found = []
        for bundle, answer in zip(self.matcher.bundles, opened.tolist(), strict=True):
            steps = [own.get(step, step) for step in steps_of[bundle]]
            other = theirs.get(bundle, Progress()).here(own)
            both = mine | other
            if answer != YES or all(step in both.done or step in never for step in steps):
                continue
            by_other = other.beyond(mine)
            found.append(
                page.BundleProgress(
                    bundle=bundle,
                    done=tuple(step for step in steps if step in both.done),
                    in_progress=tuple(step for step in steps if step in both.doing),
                    reasons=tuple(self._reason(clause, file) for clause in self.matcher.satisfied(bundle, truths)),
                    not_for_you=tuple(step for step in steps if step in never - both.done - both.doing),
                    instead={step: own[step] for step in steps_of[bundle] if step in own},
                    by_other=tuple(step for step in steps if step in by_other),
                )
            )
        return tuple(found)

    def _ahead(self, change: Row, file: Row) -> page.Ahead:
        """The change with the newest of each thing that its rule reads and the file holds."""
        newest: dict[str, Row] = {}
        for entry in file.get("known") or ():
            if entry["as_of"] and entry["source"] and entry["as_of"] > newest.get(entry["reads"], _NEVER)["as_of"]:
                newest[entry["reads"]] = entry
        held = [newest[read] for read in self.reads_of.get(change["tag"], ()) if read in newest]
        facts = tuple(page.Fact(entry["reads"], entry["source"], entry["as_of"]) for entry in held[:MOST_FACTS])
        return page.Ahead(change["day"], change["tag"], change["change"] == "gained", facts)

    def _reason(self, clause: str, file: Row) -> page.Reason:
        """The clause with the newest of what it was read from."""
        reads = set(self.matcher.reads(clause))
        known = [entry for entry in file.get("known") or () if entry["reads"] in reads and entry["as_of"]]
        newest = max(known, key=lambda entry: (entry["as_of"], entry["source"]), default=None)
        return page.Reason(clause, newest["source"] or "", newest["as_of"]) if newest else page.Reason(clause)


def bundle_matcher(catalogue: Catalogue, kind: Kind, tag_rules: Mapping[str, str], day: date) -> Matcher:
    """A matcher of the bundles of one kind, their steps, services with a window, those that see to what falls due and
    have one of a division in their place, and what stands in for all these: far fewer atoms than of all."""
    steps = {step.service for bundle in catalogue.bundles for step in bundle.steps}
    services = tuple(
        service
        for own in families(catalogue.services).values()
        if any(one.id in steps for one in own) or falls_due(own, catalogue)
        for service in own
    )
    return Matcher(msgspec.structs.replace(catalogue, services=services), kind, tag_rules, day=day)


def _name(file: Row, kind: Kind) -> str:
    """A person's sealed name, an enterprise's public one."""
    if kind == "enterprise":
        return file.get("name") or ""
    named = [fact["value"] for fact in file.get("facts") or () if fact["name"] == "name" and fact["in_force"]]
    return named[0] or "" if named else ""


def _suggestion(item: Row) -> page.Suggestion:
    reasons = tuple(page.Reason(r["clause"], r["source"] or "", r["as_of"]) for r in item["reasons"] or ())
    because = tuple(page.Weight(w["tag"], w["weight"]) for w in item["because"] or ())
    return page.Suggestion(item["service"], item["probability"] or 0.0, reasons, because)


def _offered_vacancy(row: Row) -> page.Vacancy:
    because = tuple(page.Weight(one["reason"], one["weight"]) for one in row["because"])
    return page.Vacancy(**{**row, "because": because})


def _documents(file: Row, held: Sequence[duties.Document], day: date) -> tuple[page.HeldDocument, ...]:
    """What is held, the soonest to expire first; what a newer one has replaced is left out."""
    shown = []
    for entry, document in zip(file.get("documents") or (), held, strict=False):
        if not reminders.renewed(document, [other for other in held if other is not document], day):
            shown.append(
                page.HeldDocument(
                    type=document.type,
                    number=entry.get("number") or "",
                    issuer=entry.get("issuer") or "",
                    issued_on=document.issued_on,
                    expires_on=document.expires_on,
                    status=document.status,
                    source=document.source,
                    as_of=document.as_of,
                )
            )
    return tuple(sorted(shown, key=lambda d: (d.expires_on or date.max, d.type, d.number)))


def _under_way(file: Row) -> tuple[page.OpenCase, ...]:
    """The newest open application per service."""
    cases = [c for c in file.get("cases") or () if c["status"] == "in_progress"]
    newest = {c["service"]: c for c in sorted(cases, key=lambda c: (c["applied_on"], c["case_id"]))}
    return tuple(page.OpenCase(s, c["applied_on"], c["source"] or "") for s, c in sorted(newest.items()))


def _mandates(file: Row, day: date) -> tuple[page.Mandate, ...]:
    """The mandates that stand on the day, one per enterprise."""
    links = [
        link
        for link in file.get("links") or ()
        if link["kind"] == "mandate"
        and (link["since"] is None or link["since"] <= day)
        and (link["until"] is None or link["until"] >= day)
    ]
    ordered = sorted(
        links, key=lambda link: (link["role"] != "legal_representative", link["role"] or "", link["other"])
    )
    first: dict[str, page.Mandate] = {}
    for link in ordered:
        first.setdefault(link["other"], page.Mandate(link["other"], link["name"] or "", link["role"] or ""))
    return tuple(first.values())
