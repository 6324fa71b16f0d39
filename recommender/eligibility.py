"""Decides what a subject may be offered: yes, no or unknown, and by which clauses; it never orders or hides anything.

Rules come from the catalogue, tags in them are replaced by their own rules, and the atoms that remain are evaluated
elsewhere (one native pass over all files). From their truths this answers for all subjects at once in numpy, by the
three-valued logic of ``tagging.rules``: a rule that needs an unknown fact is unknown unless what is known decides it.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import numpy.typing as npt

from profiles.errors import RuleError
from profiles.model import Kind
from recommender.catalogue import Catalogue
from recommender.clauses import decisive, holding, truth, without_tags
from tagging.rules import NO, UNKNOWN, YES, Atom, Rule, leaves, parse
from tagging.rules.logic import kleene

Truths = npt.NDArray[np.int8]

_REMEMBERED = 200_000  # answers about single subjects; those with the same truths share one


class Matcher:
    """The rules of one kind of subject, ready to be answered from a matrix of truths.

    ``atoms`` names the matrix's columns, in order; ``services`` and ``bundles`` name the columns of the answers.
    """

    def __init__(
        self, catalogue: Catalogue, kind: Kind, tag_rules: Mapping[str, str], *, day: date | None = None
    ) -> None:
        """Parses every rule of ``kind``; ``tag_rules`` are the tags' rules by id.

        With a ``day``, services not in force on it are eligible for nobody. Raises RuleError naming the service.
        """
        services = [service for service in catalogue.services if service.audience == kind]
        bundles = [bundle for bundle in catalogue.bundles if bundle.audience == kind]
        self.kind = kind
        self.services = tuple(service.id for service in services)
        self.bundles = tuple(bundle.id for bundle in bundles)
        self._rules: dict[str, Rule] = {}
        for service in services:
            text = _required(service.requirement, service.division)
            self._rules[service.id] = parse(text, kind, where=f"service {service.id}", tags=tag_rules)
        for bundle in bundles:
            self._rules[bundle.id] = parse(bundle.opened_by, kind, where=f"bundle {bundle.id}", tags=tag_rules)
        self._plain = {name: _plain(rule) for name, rule in self._rules.items()}
        self._in_force = np.array([day is None or service.in_force(day) for service in services], dtype=bool)
        found = {atom.code: atom for rule in self._plain.values() for atom in rule.atoms}
        self.atoms: tuple[Atom, ...] = tuple(found.values())
        self._number = {code: number for number, code in enumerate(found)}
        self._columns = {
            name: np.array([self._number[atom.code] for atom in rule.atoms], dtype=np.intp)
            for name, rule in self._plain.items()
        }
        self._reads = {atom.code: atom.reads for rule in self._rules.values() for atom in leaves(rule.tree)}
        self._reads.update({code: atom.reads for code, atom in found.items()})
        self._remembered: dict[tuple[str, str, bytes], tuple[str, ...]] = {}

    def eligible(self, truths: Truths) -> Truths:
        """int8[N, services] of NO, YES, UNKNOWN from int8[N, atoms]."""
        answers = self._answers(self.services, truths)
        answers[:, ~self._in_force] = NO
        return answers

    def opened(self, truths: Truths) -> Truths:
        """int8[N, bundles] of NO, YES, UNKNOWN from int8[N, atoms]."""
        return self._answers(self.bundles, truths)

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

    def reads(self, clause: str) -> tuple[str, ...]:
        """What a clause of ``satisfied`` was read from, e.g. ``("document:HKM_PERMIT",)``; a tag's own name first."""
        return self._reads[clause.removeprefix("NOT ")]

    def _recall(self, question: str, item: str, row: Truths) -> tuple[str, ...]:
        if item not in self._rules:
            raise RuleError(f"no service or bundle for a {self.kind} is called {item!r} in this catalogue")
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

    def _answers(self, names: Iterable[str], truths: Truths) -> Truths:
        if truths.ndim != 2 or truths.shape[1] != len(self.atoms):
            raise ValueError(f"expected truths of {len(self.atoms)} atoms per {self.kind}, got an array {truths.shape}")
        columns = {atom.code: truths[:, number] for number, atom in enumerate(self.atoms)}
        answers = [kleene(self._plain[name], columns) for name in names]
        return np.stack(answers, axis=1) if answers else np.zeros((len(truths), 0), dtype=np.int8)


def _plain(rule: Rule) -> Rule:
    tree = without_tags(rule.tree)
    return Rule(rule.kind, tree, rule.code, tuple({atom.code: atom for atom in leaves(tree)}.values()))


def _required(requirement: str, division: str) -> str:
    return f"({requirement}) AND lives_in('{division}')" if division else requirement
