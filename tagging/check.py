"""The registry judged as a whole: its form, its contracts, its words and its examples; it changes nothing."""

from profiles.errors import RegistryError, RuleError
from tagging import language, lint
from tagging.examples import contradicted
from tagging.registry import Registry


def problems(registry: Registry) -> list[str]:
    """Everything that is wrong, one sentence each; the examples run only where all rules parse."""
    found = [*language.gaps(), *lint.findings(registry, language.vocabulary())]
    try:
        found += contradicted(registry)
    except RegistryError as error:
        found.append(str(error))
    except RuleError:
        pass  # named by the lint already
    return found
