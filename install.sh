#!/bin/sh
# Makes .venv from the lock with the newest Python among 3.11-3.13 on this machine; checks what is needed first.
# Needs no root. Does nothing where .venv already holds what the lock says.
set -eu
cd "$(dirname "$0")"

say() { printf '%s\n' "$*" >&2; }
fail() { say "Cannot install: $*"; exit 1; }

# Prints the path of a Python of version $1 that runs and can make virtual environments.
find_python() {
  for candidate in "python$1" "$HOME"/.pyenv/versions/"$1".*/bin/"python$1" "$HOME"/.local/bin/"python$1" \
    /usr/local/bin/"python$1" /opt/homebrew/bin/"python$1" /usr/bin/"python$1" python3 python; do
    path=$(command -v "$candidate" 2>/dev/null) || continue
    version=$("$path" -c 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    [ "$version" = "$1" ] && { printf '%s\n' "$path"; return 0; }
  done
  return 1
}

python=""
for version in 3.13 3.12 3.11; do
  python=$(find_python "$version") && break
done
[ -n "$python" ] || fail "no Python 3.11, 3.12 or 3.13 with the venv module was found. Install one (Debian: apt-get" \
  "install python3 python3-venv) and run this again."

# The package index has a Java for these; elsewhere the machine must bring its own.
has_java() { "${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | grep -Eq 'version "(1[7-9]|[2-9][0-9])'; }
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64 | Linux-aarch64 | Darwin-x86_64 | Darwin-arm64) ;;
  *) has_java || fail "Spark needs Java 17 or newer, this machine has none, and the package index has none for" \
       "$(uname -s) on $(uname -m). Install one and set JAVA_HOME." ;;
esac
if [ "$version" = 3.11 ] && ! command -v cc >/dev/null 2>&1 && ! command -v gcc >/dev/null 2>&1; then
  fail "with Python 3.11 LightFM is compiled, and there is no C compiler. Install one (Debian: apt-get install gcc" \
    "python3-dev), or Python 3.12 or 3.13."
fi

wanted=$(cat requirements.lock requirements-uv.lock pyproject.toml | cksum)" $version"
[ "$(cat .venv/installed 2>/dev/null || true)" = "$wanted" ] && exit 0

say "Installing with Python $version ($python): one to a few minutes, once."
if [ "$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" != "$version" ]; then
  rm -rf .venv
  "$python" -m venv .venv || fail "Python $version could not make .venv in $PWD."
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock ||
  fail "the package index did not answer. Check the network or pip's configuration and run this again."
export VIRTUAL_ENV="$PWD/.venv"
.venv/bin/uv pip sync --quiet --require-hashes requirements-uv.lock requirements.lock &&
  .venv/bin/uv pip install --quiet --no-deps --editable . ||
  fail "a package could not be installed; the lines above say which. Nothing outside .venv was changed."
printf '%s' "$wanted" > .venv/installed
