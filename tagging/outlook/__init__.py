"""From when, and until when: the same rules at other days than today, by the dates in them and not day by day.

``turns`` says on which days a rule's answer may change, ``word_turns`` so of each word, ``stretches`` makes changes
and stretches of answers on such days, ``one`` asks DuckDB about one file, ``many`` spells it for Spark. What is
answered is always "given today's file": a document that will be renewed is not known to be.
"""
