"""A writer may be killed at any moment: readers see whole tables, the old one or the new one.

Five kills of each kind by default, fifty with ``YIDANG_PROVE=1``.
"""

import os
import signal
import subprocess
import sys
import textwrap
import time

from jobs.tables import KEPT_RUNS, Tables
from tests.jobs.test_tables import DAY

KILLS = 50 if os.environ.get("YIDANG_PROVE") else 5

FILES = textwrap.dedent(
    """
    import sys
    from datetime import date
    from pathlib import Path
    from jobs.tables import Tables
    tables = Tables(Path(sys.argv[1]))
    for number in range(1, 100_000):
        print(number, flush=True)
        content = str(number).encode() * 1000
        tables.write_files("model", {"a": content, "b": content}, day=date(2026, 3, 1))
    """
)

# Dies by itself before or after a drawn call that touches the disk, so that no gap between two is left out. In the
# place of Spark, which would take seconds to start for each death, a frame is a text that fills two files.
LOG = textwrap.dedent(
    """
    import os, shutil, sys
    from datetime import date
    from pathlib import Path
    from random import Random
    from jobs import tables as door
    from tests.faults.fate import Fate

    root, seed = Path(sys.argv[1]), int(sys.argv[2])
    rng = Random(seed)
    mortal = Fate(rng.randrange(1, 120))

    def filler(text):
        def fill(folder):
            (folder / "a").write_bytes(text.encode())
            (folder / "b").write_bytes(text.encode())
            return 1, text
        return fill

    door.filler = filler
    door.Tables.read = lambda self, table, spark, run: (self.root / table / f"run={run}" / "a").read_text()
    Path.replace, Path.mkdir, Path.write_bytes = mortal(Path.replace), mortal(Path.mkdir), mortal(Path.write_bytes)
    os.fsync, shutil.rmtree = mortal(os.fsync), mortal(shutil.rmtree)

    tables, slots = door.Tables(root), [f"2026-03-0{n}" for n in range(1, 5)]
    while True:
        held = [tables.read("log", None, one.run) for one in tables.manifests("log")]
        generation = int(held[0].split()[0]) if held else 0
        for slot in slots:
            tables.write("log", f"{generation} {rng.random()}", day=date(2026, 3, 1), slot=slot)
        tables.rewrite("log", None, lambda text: f"{generation + 1} {text.split()[1]}")
    """
)


def test_a_kill_at_any_moment_leaves_a_whole_run(tmp_lake: Tables) -> None:
    tmp_lake.write_files("model", {"a": b"0" * 1000, "b": b"0" * 1000}, day=DAY)
    for kill in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", FILES, str(tmp_lake.root)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            time.sleep(0.0037 * kill)
            os.kill(writer.pid, signal.SIGKILL)
        manifest = tmp_lake.manifest("model")
        folder = tmp_lake.path("model")
        assert sorted(manifest.files) == ["a", "b"]
        assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    print(f"{KILLS} kills at any moment: always a whole run")


def test_a_kill_between_any_two_writes_leaves_every_slot_of_a_log_and_no_half_rewritten_one(tmp_lake: Tables) -> None:
    seen: set[str] = set()
    for seed in range(KILLS):
        writer = subprocess.run([sys.executable, "-c", LOG, str(tmp_lake.root), str(seed)], check=False)
        assert writer.returncode == -signal.SIGKILL
        held = tmp_lake.manifests("log")
        texts = [(folder / "a").read_text() for folder in (tmp_lake.paths("log") if held else ())]
        assert texts == [(folder / "b").read_text() for folder in (tmp_lake.paths("log") if held else ())]
        slots = {manifest.slot for manifest in held}
        assert seen <= slots, "a slot that was there is there"
        seen = slots
        assert len({text.split()[0] for text in texts}) <= 1, "all slots were rewritten, or none"
        left = len(list((tmp_lake.root / "log").glob("run=*"))) - len(held)
        assert left <= 2 * KEPT_RUNS + len(held) + 1
    assert len(seen) == 4
    print(f"{KILLS} kills between two writes: every slot whole, all rewritten or none")
