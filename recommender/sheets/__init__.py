"""Lists of services (事项清单) as departments publish them, in CSV, into the catalogue's YAML and back; all or nothing.

``columns`` says what each column is called, ``cells`` what one cell means, ``table`` finds lines and columns in the
bytes of a file, ``imported`` makes entries of the catalogue or names every fault, ``listed`` writes the catalogue as
such a list, ``files`` puts entries into YAML.
"""
