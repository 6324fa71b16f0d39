"""``python -m api``: ``serve`` answers requests, ``demo-keys`` makes the keys of one demo and of nothing else."""

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from joserfc.jwk import ECKey

from api.app import create_app
from api.serving import ANSWERING
from api.settings import ApiSettings
from profiles.errors import YidangError

cli = typer.Typer(no_args_is_help=True, add_completion=False)


@cli.command("serve")
def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="On which port.")] = 8000,
    workers: Annotated[int, typer.Option(help="How many processes.")] = 1,
) -> None:
    """Answer requests, with the settings of the environment, until told to stop."""
    try:
        app = create_app(ApiSettings.load())
    except YidangError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    served = app if workers == 1 else "api.app:app"  # each of several processes makes its own
    uvicorn.run(served, host=host, port=port, workers=workers, **ANSWERING)


@cli.command("demo-keys")
def demo_keys(out: Annotated[Path, typer.Option(help="Folder for the keys; kept out of version control.")]) -> None:
    """Make a token signing key, its public JWKS, and an env file with fresh random keys; what is there stays."""
    print(make_demo_keys(out))


def make_demo_keys(out: Path) -> Path:
    """Write ``signing-key.json``, ``jwks.json`` and ``demo.env`` into ``out``; the env file's path.

    Only the owner may read them. A file that is there already is left as it is, so that tables made with the keys of
    an earlier run can still be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    signing, jwks, env = out / "signing-key.json", out / "jwks.json", out / "demo.env"
    if not signing.exists():
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        _write_private(signing, json.dumps(key.as_dict(private=True)))
    key = ECKey.import_key(json.loads(signing.read_text()))
    if not jwks.exists():
        _write_private(jwks, json.dumps({"keys": [key.as_dict(private=False)]}))
    if not env.exists():
        lines = {
            "YIDANG_PSEUDONYM_KEY": secrets.token_hex(32),
            "YIDANG_VAULT_KEY": secrets.token_hex(32),
            "YIDANG_KEY_ID": "demo",
            "YIDANG_TOKEN_JWKS": jwks.resolve(),
            "YIDANG_DEMO_SIGNING_KEY": signing.resolve(),
        }
        _write_private(env, "".join(f"{name}={value}\n" for name, value in lines.items()))
    return env


def _write_private(file: Path, text: str) -> None:
    """Made with mode 600 before the first byte is in it."""
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(text)


if __name__ == "__main__":
    cli()
