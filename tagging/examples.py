"""Whether rules answer the tags' examples and the personas as these expect; it asks no engine itself."""

from collections.abc import Iterator, Sequence

from tagging.personas import Persona
from tagging.registry import Registry
from tagging.rules.complaint import nearest
from tagging.sample import Answers, Sampled
from tagging.tag import Answer, Tag

_ANSWERS: dict[bool | None, Answer] = {True: "yes", False: "no", None: "unknown"}


def contradicted(answers: Answers) -> Iterator[str]:
    """One sentence for each example that its tag's rule answers otherwise."""
    places = {tag.id: place for place, tag in enumerate(answers.tags)}
    for file, row in zip(answers.files, answers.table, strict=True):
        if file.example is None or file.tag is None:
            continue
        answer = _ANSWERS[row[places[file.tag.id]]]
        if answer != file.example.expect:
            yield (
                f"{file.where}: expected {file.example.expect}, the rule says {answer}"
                f" of {dict(file.example.given)} on {file.example.as_of}; mend the rule or the example"
            )


def strayed(answers: Answers) -> Iterator[str]:
    """One sentence for each tag that a persona has and should not, or should have and has not."""
    for file, row in zip(answers.files, answers.table, strict=True):
        if file.persona is not None:
            held = {tag.id for tag, answer in zip(answers.tags, row, strict=True) if answer and _valid(tag, file)}
            yield from (
                f"{file.where}: has the tag {name}; add it to its tags" for name in sorted(held - file.persona.tags)
            )
            yield from (
                f"{file.where}: should have the tag {name} and has not; mend its file, its tags or the rule"
                for name in sorted(file.persona.tags - held)
            )


def unheard_of(registry: Registry, personas: Sequence[Persona]) -> Iterator[str]:
    """One sentence for each tag that a persona names and no file of its kind can have."""
    for persona in personas:
        known = registry.rules(persona.kind)
        for name in sorted(persona.tags - set(known)):
            hint = nearest(name, known)
            yield f"persona {persona.id}: no tag is called {name!r} for a file of kind {persona.kind}{hint}"


def _valid(tag: Tag, file: Sampled) -> bool:
    day = file.persona.as_of if file.persona else tag.valid_from
    return tag.valid_from <= day and (tag.valid_until is None or day <= tag.valid_until)
