"""Files in, tags out, by rules that two engines answer alike.

``rules`` is the rule language, ``registry`` the tags written in it, ``apply`` puts them on files. It imports
profiles alone, and reads or writes no table.
"""
