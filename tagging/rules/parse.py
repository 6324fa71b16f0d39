"""Rule text to ``Rule``: one boolean expression, strictly whitelisted; it never runs anything."""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from profiles.errors import RuleError
from profiles.model import Kind, columns
from tagging.rules.complaint import nearest, refusal
from tagging.rules.model import And, Arg, Atom, Leaf, Not, Or, Rule, Tree, code_of, leaves
from tagging.rules.source import Source, guarded
from tagging.rules.whitelist import comparison, word_call

LONGEST = 4000  # characters; the longest honest rule has a few hundred
DEEPEST = 60  # nested brackets, far below where a parser's recursion gives out

_COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Like, exp.Is)


def parse(text: str, kind: Kind, *, where: str = "rule", tags: Mapping[str, str] | None = None) -> Rule:
    """The rule that ``text`` says of a file of ``kind``.

    ``tags`` maps the ids that ``tag('...')`` may name to their rules' texts. ``where`` opens every error message.
    Raises RuleError for whatever is not whitelisted, for unknown columns, words and tags, for values of a wrong type
    and for tags that lead back to themselves.
    """
    return _Reading(kind, tags or {}, ()).rule(text, where)


class _Reading:
    """One rule being read; ``trail`` holds the tags on the way here, so that a circle is seen."""

    def __init__(self, kind: Kind, tags: Mapping[str, str], trail: tuple[str, ...]) -> None:
        self.kind = kind
        self.tags = tags
        self.trail = trail
        self.types = columns(kind)

    def rule(self, text: str, where: str) -> Rule:
        source = Source(text, where, self.kind, self.types)
        tree = self.tree(_expression(source), source)
        atoms = tuple({atom.code: atom for atom in leaves(tree)}.values())
        return Rule(self.kind, tree, code_of(tree), atoms)

    def tree(self, node: exp.Expression, source: Source) -> Tree:
        guarded(node, source)
        if isinstance(node, exp.Paren):
            return self.tree(node.this, source)
        if isinstance(node, exp.And | exp.Or):
            joint = And if isinstance(node, exp.And) else Or
            return joint(tuple(self.tree(part, source) for part in _parts(node, type(node), source)))
        if isinstance(node, exp.Not):
            return Not(self.tree(node.this, source))
        if isinstance(node, exp.Boolean) and node.this:
            return Leaf(Atom("TRUE", "true", (), (), self.kind))
        if isinstance(node, exp.Anonymous):
            return Leaf(self.call(node, source))
        if isinstance(node, _COMPARED):
            leaf = Leaf(comparison(node, source))
            return Not(leaf) if node.args.get("negate") else leaf
        raise refusal(source.where, source.text, node, f"{_named(node)} is not allowed in a rule{_hint(node, source)}")

    def call(self, node: exp.Anonymous, source: Source) -> Atom:
        word, args = word_call(node, source)
        code = f"{word.name}({', '.join(_argument(arg) for arg in args)})"
        reads = word.reading(args, self.kind)
        if word.name != "tag":
            return Atom(code, word.name, args, reads, self.kind)
        inner = self.tag(str(args[0]), node, source)
        return Atom(code, "tag", args, _distinct((*reads, *inner_reads(inner))), self.kind, inner.tree)

    def tag(self, name: str, node: exp.Expression, source: Source) -> Rule:
        if name in self.trail:
            circle = " -> ".join((*self.trail[self.trail.index(name) :], name))
            raise refusal(source.where, source.text, node, f"the tag leads back to itself: {circle}")
        if name not in self.tags:
            message = f"no tag {name!r} for this kind of file{nearest(name, self.tags)}"
            raise refusal(source.where, source.text, node, message)
        return _Reading(self.kind, self.tags, (*self.trail, name)).rule(self.tags[name], f"tag {name}")


def inner_reads(rule: Rule) -> tuple[str, ...]:
    """Everything the rule's atoms read, in order, without repeats."""
    return _distinct(tuple(read for atom in rule.atoms for read in atom.reads))


def _expression(source: Source) -> exp.Expression:
    text, where = source.text, source.where
    if not text.strip():
        raise RuleError(f"{where}: the rule is empty; write one boolean expression such as aged(60)")
    if len(text) > LONGEST or text.count("(") > DEEPEST:
        raise RuleError(
            f"{where}: the rule has {len(text)} characters and {text.count('(')} brackets, at most {LONGEST}"
            f" and {DEEPEST} are allowed; move parts into tags and name them with tag('...')"
        )
    try:
        found = sqlglot.parse(text)
    except SqlglotError as error:
        raise RuleError(f"{where}: {_plain(error)}; {_mended(text)}") from None
    if len(found) != 1 or not isinstance(found[0], exp.Expression):
        raise RuleError(f"{where}: expected one expression, found {len(found)} statements; remove the semicolon")
    return found[0]


def _parts(node: exp.Expression, joint: type[exp.Expression], source: Source) -> list[exp.Expression]:
    # a AND b AND c arrives as ((a AND b) AND c); walked in a loop so that a long chain needs no deep recursion.
    parts: list[exp.Expression] = []
    while type(node) is joint:
        guarded(node, source)
        parts.append(node.expression)
        node = node.this
    return [node, *reversed(parts)]


def _argument(arg: Arg) -> str:
    return str(arg) if isinstance(arg, int) else f"'{arg}'"


def _distinct(reads: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reads))


def _named(node: exp.Expression) -> str:
    return node.sql()[:60] if not isinstance(node, exp.Column) else f"the column {node.name} alone"


def _hint(node: exp.Expression, source: Source) -> str:
    if isinstance(node, exp.Column):
        return "; compare it, e.g. with = or IS NULL" if node.name in source.types else nearest(node.name, source.types)
    if isinstance(node, exp.Func):
        return "; use the domain words, e.g. aged(60) for an age"
    return "; use AND, OR, NOT, comparisons and domain words"


def _mended(text: str) -> str:
    """What to write instead, by the commonest slips."""
    if text.count("(") != text.count(")"):
        return f"the brackets do not match, {text.count('(')} opened and {text.count(')')} closed"
    for sign, word in (("&&", "AND"), ("||", "OR"), ("!", "NOT")):
        if sign in text.replace("!=", ""):
            return f"write {word} instead of {sign}"
    return "write one boolean expression such as aged(60)"


def _plain(error: SqlglotError) -> str:
    details = getattr(error, "errors", None) or [{}]
    place = f"line {details[0]['line']}, column {details[0]['col']}: " if "line" in details[0] else ""
    return f"{place}the rule does not parse near {details[0].get('highlight') or 'its start'!r}"
