"""Advice that can be typed as it stands: the next command, with what this one was told."""

from __future__ import annotations

import shlex

import click
from click.core import ParameterSource

#: What says which code, which launcher and which home: the same for the command that follows.
_KEPT = {
    "files",
    "modules",
    "working_directory",
    "python",
    "import_timeout",
    "launcher",
    "home",
    "token_file",
}


def next_command(*words: str) -> str:
    """Return the command line of `treadle WORDS` on what the running command works on."""
    context = click.get_current_context(silent=True)
    kept = [] if context is None else _kept_options(context)
    return shlex.join(["treadle", *words, *kept])


def _kept_options(context: click.Context) -> list[str]:
    found: list[str] = []
    for parameter in context.command.params:
        name = parameter.name
        if name not in _KEPT:
            continue
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        given = context.params[name]
        for value in given if parameter.multiple else (given,):
            found += [parameter.opts[0], str(value)]
    return found
