"""The catalogue as linked data in the terms of CPSV-AP 3.2, for other portals to read; it decides and ranks nothing.

``vocabulary`` names the terms and writes one thing at a time, ``services`` says what a service is in them, ``export``
makes the whole catalogue's graph and the file. Nothing is fetched: the context of the JSON-LD stands in the file.
"""
