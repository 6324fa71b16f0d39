"""Figures of speed, each a ratio of two things measured in turn in one run; no test, and no test run times anything."""
