"""The page at ``/``: the home as HTML made on the server, readable and usable without JavaScript.

``words`` says everything in both languages, ``session`` keeps the sign-in in cookies, ``routes`` answers, and
``demo`` signs made-up persons in. Templates and static files need no build step and nothing from another host.
"""
