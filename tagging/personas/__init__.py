"""Named example files of people and enterprises, for previews and tests; nobody real is among them.

Each stands in a YAML file of its own with a story, the file and the tags that the file must have, no more and no
fewer. A column that it does not name is unknown, a list that it does not name is empty. Days are dates, or told from
the persona's own day: ``29 days ago``, ``31 years 2 months ago``, ``in 18 days``, ``today``.
"""

from tagging.personas.persona import Persona, load_personas

__all__ = ["Persona", "load_personas"]
