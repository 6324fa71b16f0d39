"""What a change of the registry would do, before it is made: to whom, where, and to the named example files.

``differences`` compares two registries, ``reach`` counts over many files on DuckDB, ``disclosure`` hides small counts,
``told`` puts it into lines. It reads parquet files that it is given and writes nothing.
"""

from tagging.preview.differences import Differences, PersonaChange, differences, persona_changes
from tagging.preview.reach import Reach, reach
from tagging.preview.told import lines

__all__ = ["Differences", "PersonaChange", "Reach", "differences", "lines", "persona_changes", "reach"]
