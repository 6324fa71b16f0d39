"""Tags in; eligible, ranked and explained suggestions, reminders and the serving store out.

``catalogue`` holds the services and bundles, ``eligibility`` decides what may be shown, ``model``, ``stack`` and
``rank`` order it, ``explain`` says why, ``reminders`` says what falls due and ``sending`` what becomes of it, ``page``
is what a subject sees and ``store`` keeps it. It imports profiles and tagging, never Spark, and reads or writes no
table of the lake.
"""
