"""``goldthread generate``: renew the models that are unions over other models' declarations."""

from __future__ import annotations

import click


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 3 when a file is stale.")
def command(check: bool) -> None:
    """Renew the generated models from the YAML of sources and audiences.

    Two models are unions over what other models declare: the source records (every model with
    config.meta.identity) and the audience members (every audience). Run it after adding a source
    or an audience.

    \b
    Exit codes: 0 done · 1 a declaration is wrong · 3 stale, with --check
    """
    from goldthread import generate
    from goldthread.cli._exit import ExitCode, Stop
    from goldthread.declarations import DeclarationError
    from goldthread.settings import PROJECT_DIR

    try:
        paths = generate.stale(PROJECT_DIR) if check else generate.write(PROJECT_DIR)
    except DeclarationError as error:
        raise Stop(str(error)) from error
    names = [str(path.relative_to(PROJECT_DIR)) for path in paths]
    if check and names:
        raise Stop(
            "Stale: " + ", ".join(names) + ". Renew with `goldthread generate`.",
            ExitCode.CHECK_FAILED,
        )
    click.echo("Renewed " + ", ".join(names) if names else "The generated models are up to date.")
