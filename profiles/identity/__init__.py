"""Identity numbers in, keyed pseudonyms out; a raw number is never stored, logged or put into an error.

``numbers`` says what a valid number is, ``keys`` turns it into a pseudonym and seals what only its owner may read,
``columns`` does both as native Spark columns with the same results, ``rotation`` goes over from old keys to new ones.
"""
