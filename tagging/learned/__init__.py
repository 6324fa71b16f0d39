"""Tags that are learnt: which event of a life or a firm is likely within some days, and for whom.

``declared`` reads what officials write in ``registry/learned.yaml``, ``features`` says which tags may be learnt from,
``fit`` makes weights from counts of the past, ``likely`` applies them in native Spark columns, ``card`` tells how good
they are. A likelihood is never a ground for eligibility.
"""
