"""Lets good rows in and sends the rest to quarantine with a reason; nothing that arrives is dropped in silence.

In a reader's order: ``delivery`` finds and reads what a supplier delivered, ``parse`` reads texts as typed values,
``sift`` tells good rows from bad in one native Spark pass, ``measure`` runs it and counts, ``judge`` lets Great
Expectations (``expectations``) decide whether the feed as a whole may come in. No table is read or written here.
"""
