"""The entry point: finds the command, runs it, and turns every error into one plain sentence and an exit code."""

import atexit
import gc
import importlib
import io
import sys
from collections.abc import Sequence

import click

from equipoise.kernel.errors import EquipoiseError, InputError

COMMANDS = {
    "check": ("equipoise.cli.check:check", "Check a protocol file: every error at once, each with its line."),
    "describe": ("equipoise.cli.describe:describe", "Describe a protocol: synopsis, schedule, every assumption."),
    "screen": ("equipoise.cli.screen:screen", "Judge participants against a protocol's criteria, with reasons."),
    "diff": ("equipoise.cli.diff:diff", "Compare two versions of a protocol: what changes, and how much."),
    "estimate": ("equipoise.cli.estimate:estimate", "Estimate from a table: survival, cox, competing, proportion ..."),
    "derive": ("equipoise.cli.derive:derive", "Derive from tables: recist, response, time-to-event, scores, bed."),
    "design": ("equipoise.cli.design:design", "Design a trial: events, power, bounds, or a protocol's own design."),
    "simulate": ("equipoise.cli.simulate:simulate", "Simulate a protocol's scenarios."),
    "demo": ("equipoise.cli.demo:demo", "Rehearse the flagship trial and serve it, with sign-ins for each role."),
    "rehearse": ("equipoise.cli.rehearse:rehearse", "Act out a trial with synthetic participants."),
    "analyse": ("equipoise.cli.analyse:analyse", "Estimate the endpoints of a record by its plan."),
    "datasets": ("equipoise.cli.datasets:datasets", "Write the analysis datasets of a record as CSV files."),
    "report": ("equipoise.cli.report:report", "Report a record: page, PDF or JSON, the same numbers in each."),
    "open": ("equipoise.cli.open:open_trial", "Begin a trial's record from its protocol file."),
    "verify": ("equipoise.cli.record:verify", "Check the whole record; name the first bad entry."),
    "rebuild": ("equipoise.cli.record:rebuild", "Write the tables behind the lists afresh."),
    "checkpoint": ("equipoise.cli.record:checkpoint", "Sign the head of the record, to be kept elsewhere."),
    "redact": ("equipoise.cli.record:redact", "Take what identifies a person out of an entry, witnessed."),
    "migrate": ("equipoise.cli.record:migrate", "Bring a database's tables up to date."),
    "account": ("equipoise.cli.account:account", "Make and close accounts, grant roles."),
    "prepare": ("equipoise.cli.prepare:prepare", "Compile the numerical kernels once, ahead of their first use."),
    "serve": ("equipoise.cli.serve:serve", "Serve the web application."),
}
"""name -> (module:command, one line of help): the help is shown without importing the command."""


class LazyGroup(click.Group):
    """Imports a command only when it is called, so that `--help` stays light."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(package_name="equipoise")
def main() -> None:
    """Equipoise: one protocol file designs, rehearses, conducts and analyses a randomized trial."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. An error is one plain sentence on standard error and an exit code; never a traceback."""
    atexit.register(gc.freeze)  # no looking for cycles in what the process is about to give back whole
    _can_say_everything()
    try:
        main.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except EquipoiseError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk behind standard output, say
        name = f"{error.filename}: " if error.filename else ""
        click.echo(f"{name}what was found cannot be written: {error.strerror or error}", err=True)
        sys.exit(InputError.exit_code)


def _can_say_everything() -> None:
    """Write UTF-8 into files and pipes, as they are read again; spell out what a terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
