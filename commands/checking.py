"""The command `selftest`."""

import typer

from .support import FAILED, AsJson, complaints, print_json


def selftest_command(as_json: AsJson = False) -> None:
    """Check on this machine that both engines agree, and agree with known closed forms; takes under a minute."""
    with complaints(as_json):
        from ..experiments.selftest import as_dict, checks

        done = []
        for check in checks():
            done.append(check)
            if not as_json:
                typer.echo(check.line())
        if as_json:
            print_json(as_dict(done))
        if not all(check.passed for check in done):
            raise typer.Exit(FAILED)
