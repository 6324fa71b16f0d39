"""Departments' shared data in, one file per person and per enterprise out.

The folder in a reader's order: ``contracts`` says what a feed must look like, ``bindings`` how one
supplier's columns map onto it, ``gate`` lets good rows in and sends the rest to quarantine with a reason,
``identity`` replaces identity numbers by keyed pseudonyms, ``build`` joins what came in into files whose
shape is ``model``. It imports nothing of tagging, recommender, jobs or api, and reads or writes no table.
"""
