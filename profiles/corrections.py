"""When what a subject said is wrong has been answered: by a newer word in its file; it changes no fact.

The word that counts is the one in force, so a newer value of a feed that comes after the owner's answers nothing while
the owner's older value stands.
"""

from pyspark.sql import DataFrame

_WORDS = (
    "concat("
    "transform(filter(coalesce(facts, array()), f -> f.in_force),"
    " f -> struct(concat('fact:', f.name) AS about, f.as_of AS as_of)),"
    " transform(coalesce(documents, array()), d -> struct(concat('document:', d.type) AS about, d.as_of AS as_of)),"
    " transform(coalesce(links, array()), l -> struct(concat('link:', l.kind) AS about, l.as_of AS as_of)),"
    " transform(coalesce(events, array()), e -> struct(concat('event:', e.kind) AS about, e.as_of AS as_of)))"
)
_NEWEST = f"array_max(transform(filter({_WORDS}, w -> w.about = about), w -> w.as_of))"


def answered(asked: DataFrame, files: DataFrame) -> DataFrame:
    """``asked`` with ``answered_on`` (DATE, NULL while it is pending) and the sealed ``name`` and ``phone`` of whom
    to ask back.

    Args:
        asked: requests with ``subject``, ``about`` (``fact:<name>``, ``document:<type>``, ``link:<kind>`` or
            ``event:<kind>``) and ``requested_on``.
        files: files of their kind of subject.
    """
    value = "get(transform(filter(facts, f -> f.in_force AND f.name = '{0}'), f -> f.value), 0) AS {0}"
    file = files.select("subject", "facts", "documents", "links", "events")
    beside = asked.join(file, on="subject", how="left").selectExpr(
        *(f"`{name}`" for name in asked.columns),
        f"{_NEWEST} AS newest",
        value.format("name"),
        value.format("phone"),
    )
    return beside.selectExpr(
        *(f"`{name}`" for name in asked.columns),
        "IF(newest >= requested_on, newest, NULL) AS answered_on",
        "name",
        "phone",
    )
