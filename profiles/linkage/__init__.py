"""Tells which resident a row without an identity number is about; it never changes a row and never overwrites a fact.

``terms`` reads what each such feed is compared by (``<feed>.yaml`` beside it), ``people`` finds what to compare and
``opened`` opens it, in memory alone; ``match`` scores pairs with Splink, ``decide`` says which of them are linked, and
``aliases`` puts the resident in the place of the record before files are built. A record that is not linked keeps a
provisional file of its own.
"""
