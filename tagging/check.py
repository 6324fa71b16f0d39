"""The registry judged as a whole: form, contracts, words, examples, personas; it changes nothing."""

from collections.abc import Sequence

from profiles.errors import RegistryError
from profiles.model import KINDS
from tagging import language, lint
from tagging.examples import contradicted, strayed, unheard_of
from tagging.learned.declared import load_learned, misdeclared
from tagging.personas import Persona
from tagging.registry import Registry
from tagging.sample import answers
from tagging.suspicions import suspicions
from tagging.texts import check as texts


def problems(registry: Registry, personas: Sequence[Persona] = ()) -> list[str]:
    """Everything that is wrong, one sentence each; a tag whose rule does not parse is asked no file."""
    return [*unheard_of(registry, personas), *_problems(registry, personas, proposed=False)]


def objections(proposed: Registry, personas: Sequence[Persona]) -> list[str]:
    """What would be wrong if the proposed tags were the registry's; that personas gain or lose tags is no fault."""
    return _problems(proposed, personas, proposed=True)


def _problems(registry: Registry, personas: Sequence[Persona], *, proposed: bool) -> list[str]:
    rules, refused = lint.parsed(registry)
    found = [*language.gaps(), *refused, *lint.findings(registry, rules, language.vocabulary())]
    found += texts.problems()
    for kind in KINDS:
        try:
            asked = answers(registry, rules, personas, kind)
        except RegistryError as error:
            found.append(str(error))
        else:
            found += [*contradicted(asked), *([] if proposed else strayed(asked)), *suspicions(asked)]
    return found


def gaps(registry: Registry) -> list[str]:
    """What is wrong with a whole registry, one sentence each: stages of life without a tag, slips of learned tags."""
    words = language.vocabulary()
    learned = [sentence for tag in load_learned(registry) for sentence in misdeclared(tag, words)]
    return [*lint.unstaged(registry, words), *learned]
