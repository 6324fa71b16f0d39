"""What may stand in a rule, with its types: comparisons and calls of words; anything not named here is refused."""

from sqlglot import exp

from tagging.rules import comparisons
from tagging.rules.complaint import nearest, refusal
from tagging.rules.model import Arg, Atom
from tagging.rules.source import Source, guarded
from tagging.rules.values import number, text, value
from tagging.rules.words import EVENT_KINDS, LINK_KINDS, WORDS, Takes, Word

_OPERATORS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Like: "like",
}
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def comparison(node: exp.Expression, source: Source) -> Atom:
    """The atom of a comparison, BETWEEN, IN, LIKE or IS NULL; the column always ends up on the left."""
    guarded(node, source)
    word, left, right = _sides(node, source)
    column = _column(left, source)
    type_ = source.types[column]
    _fits(word, type_, node, source)
    other = right[0] if word in _MIRRORED else None
    # What is no column beside a text is a text that lacks its quotes.
    if isinstance(other, exp.Column) and other.name != "as_of" and (type_ != "STRING" or other.name in source.types):
        return _between_columns(word, column, other, node, source)
    args = (column, *(value(each, type_, source) for each in right))
    return Atom(comparisons.code(word, args, source.types), word, args, (f"fact:{column}",), source.kind)


def word_call(node: exp.Anonymous, source: Source) -> tuple[Word, tuple[Arg, ...]]:
    """The domain word called and its checked arguments."""
    name = str(node.this)
    word = WORDS.get(name)
    known = [each.name for each in WORDS.values() if source.kind in each.kinds]
    if word is None or source.kind not in word.kinds:
        problem = "no such word" if word is None else f"not a word for a file of kind {source.kind}"
        raise refusal(source.where, source.text, node, f"{name}: {problem}{nearest(name, known)}")
    given = len(node.expressions)
    if given < len(word.takes) or (given > len(word.takes) and not word.repeats):
        wanted = ", ".join(word.takes) + (", ..." if word.repeats else "")
        said = "1 argument was" if given == 1 else f"{given} arguments were"
        raise refusal(source.where, source.text, node, f"{name} takes ({wanted}), {said} given")
    takes = word.takes + word.takes[-1:] * (given - len(word.takes))
    args = tuple(_argument(part, take, name, source) for part, take in zip(node.expressions, takes, strict=True))
    if name == "has_child_aged" and int(args[0]) >= int(args[1]):
        raise refusal(source.where, source.text, node, f"{name} wants from < below: {args}")
    return word, args


def _sides(node: exp.Expression, source: Source) -> tuple[str, exp.Expression, list[exp.Expression]]:
    if isinstance(node, exp.Is):
        if not isinstance(node.expression, exp.Null):
            raise refusal(source.where, source.text, node, f"{node.sql()}: only IS NULL and IS NOT NULL are allowed")
        return "is_null", node.this, []
    if isinstance(node, exp.Between):
        return "between", node.this, [node.args["low"], node.args["high"]]
    if isinstance(node, exp.In):
        if not node.expressions:
            raise refusal(source.where, source.text, node, f"{node.sql()}: name at least one value")
        return "in", node.this, list(node.expressions)
    word, left, right = _OPERATORS[type(node)], node.this, node.expression
    if word in _MIRRORED and not _is_file_column(left) and _is_file_column(right):
        return _MIRRORED[word], right, [left]
    return word, left, [right]


def _is_file_column(node: exp.Expression) -> bool:
    return isinstance(node, exp.Column) and node.name != "as_of"


def _column(node: exp.Expression, source: Source) -> str:
    if not isinstance(node, exp.Column):
        message = f"{node.sql()[:60]} stands where a column of the file should; write column = value"
        raise refusal(source.where, source.text, node, message)
    guarded(node, source)
    if node.this.args.get("quoted"):
        raise refusal(source.where, source.text, node, f"write {node.name} without quotes; texts stand in '...'")
    name = node.name
    usable = [column for column, type_ in source.types.items() if not type_.startswith("ARRAY") and column != "subject"]
    if name == "subject" or source.types.get(name, "").startswith("ARRAY"):
        message = f"{name} cannot be compared; use words such as holds, has, within_days_of"
        raise refusal(source.where, source.text, node, message)
    if name not in usable:
        words = [word.name for word in WORDS.values() if source.kind in word.kinds]
        message = f"a file of kind {source.kind} has no column {name}{nearest(name, usable) or nearest(name, words)}"
        raise refusal(source.where, source.text, node, message)
    return name


def _fits(word: str, type_: str, node: exp.Expression, source: Source) -> None:
    if type_ == "STRING" and word in ("<", "<=", ">", ">=", "between"):
        raise refusal(source.where, source.text, node, f"{node.sql()[:60]} orders texts; use =, IN or LIKE")
    if type_ != "STRING" and word == "like":
        raise refusal(source.where, source.text, node, f"{node.sql()[:60]}: LIKE is for texts, the column is {type_}")


def _between_columns(word: str, left: str, right: exp.Column, node: exp.Expression, source: Source) -> Atom:
    other = _column(right, source)
    if source.types[left] != source.types[other]:
        message = f"{left} is {source.types[left]} and {other} is {source.types[other]}; compare columns of one type"
        raise refusal(source.where, source.text, node, message)
    full, args = word + comparisons.OF_COLUMN, (left, other)
    reads = (f"fact:{left}", f"fact:{other}")
    return Atom(comparisons.code(full, args, source.types), full, args, reads, source.kind)


def _argument(node: exp.Expression, take: Takes, word: str, source: Source) -> Arg:
    guarded(node, source)
    if take in ("years", "days"):
        count = number(node, "INT", source)
        if not 0 <= int(count) <= (150 if take == "years" else 3660):
            raise refusal(source.where, source.text, node, f"{word}({count}): {count} {take} is out of range")
        return int(count)
    if take == "day":
        return str(value(node, "DATE", source)) if isinstance(node, exp.Literal) else text(node, source)
    said = text(node, source)
    known = {"link": LINK_KINDS, "event": EVENT_KINDS}.get(take)
    if known is not None and said not in known:
        raise refusal(source.where, source.text, node, f"{word}({said!r}): no such {take}{nearest(said, known)}")
    allowed = said.replace("-", "").isdigit() if take == "prefix" else bool(said.strip())
    if not allowed:
        wanted = "be digits of a code, e.g. '3101'" if take == "prefix" else "not be empty"
        raise refusal(source.where, source.text, node, f"{word}({said!r}): the {take} should {wanted}")
    return said
