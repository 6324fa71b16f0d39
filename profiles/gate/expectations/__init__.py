"""The one door to Great Expectations; a delivered row never comes here, only one row of measures for each feed.

``door`` asks the library for its answer to a feed's checks, ``docs`` draws its Data Docs as files that load nothing
from anywhere.
"""
