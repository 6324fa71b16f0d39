"""P14: how long `import api.app` takes and how much memory the API holds after its first answer.

Seconds are set against importing what it is made of (FastAPI, uvicorn, redis-py): they say what is ours of the start.
"""

import subprocess
import sys

from tests.bench.clock import Figure, Sizes, compare, middle

MOST_SECONDS, MOST_MEGABYTES = 1.0, 120

OURS = "import api.app"
THEIRS = "import fastapi, uvicorn, redis.asyncio"
ANSWERING = """
import asyncio, os, tempfile
from pathlib import Path
from api.__main__ import make_demo_keys
from api.app import create_app
from api.settings import ApiSettings

env = make_demo_keys(Path(tempfile.mkdtemp()))
os.environ.update(line.split("=", 1) for line in env.read_text().splitlines())
os.environ.pop("YIDANG_DEMO_SIGNING_KEY")
app = create_app(ApiSettings.load())
statuses = []

async def receive():
    return {"type": "http.request", "body": b"", "more_body": False}

async def send(message):
    statuses.append(message.get("status"))

scope = {"type": "http", "method": "GET", "path": "/v1/catalogue", "raw_path": b"/v1/catalogue", "query_string": b"",
         "headers": [], "scheme": "http", "server": ("x", 80), "client": ("x", 1), "http_version": "1.1",
         "root_path": ""}
asyncio.run(app(scope, receive, send))
assert statuses[0] == 200, statuses
# Not ru_maxrss: a child begins with its parent's.
print(int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024)
"""


def run(sizes: Sizes) -> list[Figure]:
    """Seconds of both; prints the median and the memory with their targets."""
    measured = compare(lambda: _python(OURS), lambda: _python(THEIRS), sizes.repeats)
    _, seconds, _ = middle(measured.ours)
    megabytes = int(_python(ANSWERING))
    print(
        f"P14 import api.app {seconds:.2f} s (target {MOST_SECONDS:.1f}), {megabytes} MB after the first 200"
        f" (target {MOST_MEGABYTES})"
    )
    return [Figure("P14", f"import api.app ({megabytes} MB) over importing its libraries", measured, None, cost=True)]


def _python(code: str) -> str:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout.strip()
