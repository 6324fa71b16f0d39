"""Checks every contract and binding in the repository; it reads no delivery and writes nothing."""

from profiles import bindings, contracts
from profiles.bindings import FOLDER
from profiles.errors import BindingError


def check() -> str:
    """One line that says how many contracts and bindings are sound.

    Raises:
        ContractError, BindingError: some are not; the message has file and line of each.
    """
    known = contracts.load()
    suppliers = sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())
    sound, faults = bindings.load(suppliers, known)
    if faults:
        raise BindingError("\n  ".join(str(fault) for fault in faults))
    return f"{len(known)} contracts, {len(sound)} bindings of {len(suppliers)} suppliers, no problems"
