"""The only code that reads and writes tables and runs on a schedule; it holds no rule of its own.

``python -m jobs NAME --day D`` runs one job, ``all`` runs them in order. ``tables`` is the door to the lake and
``session`` the door to Spark.
"""
