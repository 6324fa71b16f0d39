"""A made-up city of people and enterprises for trying everything out; it never holds anything about a real person.

`make` writes twenty-five feeds as departments would share them on one day, dirt included, and the truth that
evaluation alone may read. Rooms: households and kin, people, schooling, work, homes, documents, welfare; trades,
enterprises, permits, reports, vacancies, disputes; then triggers, needs and behaviour; then feeds, roll, conflicts,
dirt and write. Figures to tune: trades.yaml and behaviour.yaml.
"""

from jobs.city.town import make

__all__ = ["make"]
