"""What free text says: scopes to trades and the permits they need, job titles to occupations; it decides nothing.

``titles``, ``trades`` and ``permits`` read lists of texts in plain numpy; ``columns`` does so in Spark's workers.
Officials edit ``rules/*.yaml``; ``train`` learns ``weights/`` from the reference tables and is never imported here.
"""
