"""Decides what a subject may be offered: yes, no or unknown, and by which clauses; it never orders or hides anything.

Rules come from the catalogue, tags in them are replaced by their own rules, and the atoms that remain are evaluated
elsewhere (one native pass over all files). From their truths this answers for all subjects at once in numpy, by the
three-valued logic of ``tagging.rules``: a rule that needs an unknown fact is unknown unless what is known decides it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from profiles.errors import RuleError
from profiles.model import Kind
from recommender.catalogue import Catalogue, Service
from recommender.clauses import decisive, holding, truth, without_tags
from tagging.rules import NO, UNKNOWN, YES, Atom, Rule, leaves, parse
from tagging.rules.logic import kleene

Truths = npt.NDArray[np.int8]

_REMEMBERED = 200_000  # answers about single subjects; those with the same truths share one


class Matcher:
    """The rules of one kind of subject, ready to be answered from a matrix of truths.

    ``atoms`` names the matrix's columns, in order; ``services``, ``bundles`` and ``events`` (the bundles that can be
    fresh) name the columns of the answers.
    """

    def __init__(
        self, catalogue: Catalogue, kind: Kind, tag_rules: Mapping[str, str], *, day: date | None = None
    ) -> None:
        """Parses every rule of ``kind``; ``tag_rules`` are the tags' rules by id.

        With a ``day``, services not in force on it are eligible for nobody, nor stand in for others. Raises RuleError
        naming the service.
        """
        services = [service for service in catalogue.services if service.audience == kind]
        bundles = [bundle for bundle in catalogue.bundles if bundle.audience == kind]
        self.kind = kind
        self.services = tuple(service.id for service in services)
        self.bundles = tuple(bundle.id for bundle in bundles)
        self.events = tuple(bundle.id for bundle in bundles if bundle.first_while)
        self._freshness = tuple(f"{bundle}, first_while" for bundle in self.events)
        self._rules: dict[str, Rule] = {}
        for service in services:
            text = _required(service.requirement, service.division)
            self._rules[service.id] = parse(text, kind, where=f"service {service.id}", tags=tag_rules)
        for bundle in bundles:
            self._rules[bundle.id] = parse(bundle.opened_by, kind, where=f"bundle {bundle.id}", tags=tag_rules)
        for name, text in zip(self._freshness, (b.first_while for b in bundles if b.first_while), strict=True):
            self._rules[name] = parse(text, kind, where=f"bundle {name}", tags=tag_rules)
        self._plain = {name: _plain(rule) for name, rule in self._rules.items()}
        self._in_force = np.array([day is None or service.in_force(day) for service in services], dtype=bool)
        self._narrower = _narrower([one for one in services if day is None or one.in_force(day)])
        self._issued = _issued(services)
        extra = {code: parse(code, kind) for code in (*map(_lives_in, self._divisions()), *self._issued.values())}
        every = (*self._plain.values(), *extra.values())
        found = {atom.code: atom for rule in every for atom in rule.atoms}
        self.atoms: tuple[Atom, ...] = tuple(found.values())
        self._number = {code: number for number, code in enumerate(found)}
        # Who lives where one of these atoms says has a service of their own division in the place of the wider one.
        self._elsewhere = {
            wider: [self._number[_lives_in(one.division)] for one in narrower]
            for wider, narrower in self._narrower.items()
        }
        self._columns = {
            name: np.array([self._number[atom.code] for atom in rule.atoms], dtype=np.intp)
            for name, rule in self._plain.items()
        }
        self._reads = {atom.code: atom.reads for rule in self._rules.values() for atom in leaves(rule.tree)}
        self._reads.update({code: atom.reads for code, atom in found.items()})
        self._remembered: dict[tuple[str, str, bytes], tuple[str, ...]] = {}

    def eligible(self, truths: Truths) -> Truths:
        """int8[N, services] of NO, YES, UNKNOWN from int8[N, atoms].

        Where a service of the subject's own division stands in for a general one, the general one is not for them.
        """
        answers = self._answers(self.services, truths)
        answers[:, ~self._in_force] = NO
        for wider, places in self._elsewhere.items():
            answers[(truths[:, places] == YES).any(axis=1), self.services.index(wider)] = NO
        return answers

    def stand_ins(self, row: Truths) -> Mapping[str, str]:
        """For one subject (int8[atoms]): each general service and what the narrowest own division has in its place."""
        return {
            wider: here[-1].id
            for wider, narrower in self._narrower.items()
            if (here := [one for one in narrower if row[self._number[_lives_in(one.division)]] == YES])
        }

    def outcome_held(self, truths: Truths) -> npt.NDArray[np.bool_]:
        """bool[N, services]: where the document that a service issues is held already, as after having done it.

        Only services that others require are told of.
        """
        held = np.zeros((len(truths), len(self.services)), dtype=bool)
        for service, atom in self._issued.items():
            held[:, self.services.index(service)] = truths[:, self._number[atom]] == YES
        return held

    def opened(self, truths: Truths) -> Truths:
        """int8[N, bundles] of NO, YES, UNKNOWN from int8[N, atoms]."""
        return self._answers(self.bundles, truths)

    def fresh(self, truths: Truths) -> npt.NDArray[np.bool_]:
        """bool[N, events]: which bundles are open whose event is fresh."""
        fresh: npt.NDArray[np.bool_] = self._answers(self.events, truths) == YES
        fresh &= self._answers(self._freshness, truths) == YES
        return fresh

    def satisfied(self, item: str, row: Truths) -> tuple[str, ...]:
        """The clauses that make the rule of a service or bundle true for one subject (int8[atoms]); () where it is not.

        A clause is an atom's code, with ``NOT`` before it where the atom must not hold; these come last. Under OR only
        what holds is named. A tag stands for itself unless its rule is one atom, which then says more.
        """
        return self._recall("satisfied", item, row)

    def deciding(self, item: str, row: Truths) -> tuple[str, ...]:
        """What would have to be known to decide an unknown rule, as reads (``fact:birth_date``); () where it is known.

        What decides alone, whatever it turns out to be, comes first; ties in the order of the rule.
        """
        return self._recall("deciding", item, row)

    def alike(self, item: str, truths: Truths, rows: npt.NDArray[np.int64]) -> tuple[list[int], npt.NDArray[np.int64]]:
        """Those of the rows of int8[N, atoms] that stand for all: (one row of each sort, the sort of every row).

        Rows of a sort have the same ``satisfied`` and the same ``deciding`` of the item.
        """
        looked_at = [*self._columns[item], *self._elsewhere.get(item, ())]
        if not looked_at:
            return rows[:1].tolist(), np.zeros(len(rows), dtype=np.int64)
        own = np.ascontiguousarray(truths[rows[:, None], looked_at])
        _, first, sorts = np.unique(own.view(f"S{len(looked_at)}").ravel(), return_index=True, return_inverse=True)
        return rows[first].tolist(), sorts

    def reads(self, clause: str) -> tuple[str, ...]:
        """What a clause of ``satisfied`` was read from, e.g. ``("document:HKM_PERMIT",)``; a tag's own name first."""
        return self._reads[clause.removeprefix("NOT ")]

    def _recall(self, question: str, item: str, row: Truths) -> tuple[str, ...]:
        if item not in self._rules:
            raise RuleError(f"no service or bundle for a {self.kind} is called {item!r} in this catalogue")
        if any(row[place] == YES for place in self._elsewhere.get(item, ())):
            return ()
        mine = np.asarray(row)[self._columns[item]]
        key = (question, item, mine.tobytes())
        if key not in self._remembered:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = self._told(question, item, mine)
        return self._remembered[key]

    def _told(self, question: str, item: str, mine: Truths) -> tuple[str, ...]:
        plain = self._plain[item]
        values = {atom.code: int(value) for atom, value in zip(plain.atoms, mine, strict=True)}
        answer = truth(plain.tree, values)
        if question == "satisfied":
            return holding(self._rules[item].tree, values) if answer == YES else ()
        return decisive(plain.tree, values) if answer == UNKNOWN else ()

    def _divisions(self) -> set[str]:
        return {one.division for narrower in self._narrower.values() for one in narrower}

    def _answers(self, names: Iterable[str], truths: Truths) -> Truths:
        if truths.ndim != 2 or truths.shape[1] != len(self.atoms):
            raise ValueError(f"expected truths of {len(self.atoms)} atoms per {self.kind}, got an array {truths.shape}")
        return kleene([self._plain[name] for name in names], list(self._number), truths)


def _plain(rule: Rule) -> Rule:
    tree = without_tags(rule.tree)
    return Rule(rule.kind, tree, rule.code, tuple({atom.code: atom for atom in leaves(tree)}.values()))


def _required(requirement: str, division: str) -> str:
    return f"({requirement}) AND lives_in('{division}')" if division else requirement


def _lives_in(division: str) -> str:
    return f"lives_in('{division}')"


def families(services: Sequence[Service]) -> dict[str, list[Service]]:
    """The services that stand in for one another, the widest division first, by the id of the general one of all.

    A service that stands for itself alone is a family of its own.
    """
    wider = {one.id: one.variant_of for one in services}
    found: dict[str, list[Service]] = {}
    for one in services:
        root, seen = one.id, {one.id}
        while (next_wider := wider.get(root)) is not None and next_wider not in seen:
            root = next_wider
            seen.add(root)
        found.setdefault(root, []).append(one)
    return {root: sorted(family, key=lambda one: len(one.division)) for root, family in found.items()}


def _narrower(services: Sequence[Service]) -> dict[str, list[Service]]:
    """For each service those of its family whose division lies within its own, the widest first."""
    found = {
        one.id: [o for o in family if o.division != one.division and o.division.startswith(one.division)]
        for family in families(services).values()
        for one in family
    }
    return {name: narrower for name, narrower in found.items() if narrower}


def _issued(services: Sequence[Service]) -> dict[str, str]:
    """For services that others require: the atom that says that the document they issue is held."""
    required = {name for service in services for name in service.requires}
    return {one.id: f"holds('{one.issues}')" for one in services if one.issues and one.id in required}
