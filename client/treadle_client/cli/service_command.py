"""Commands that become a service: their options are checked here and passed on as written."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from treadle_client.cli.code_command import CodeCommand


class ServiceCommand(CodeCommand):
    """A click command that keeps its command line as it was written, for the service."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Check the arguments, and keep them."""
        ctx.obj = list(args)
        return super().parse_args(ctx, args)


def become(module: str, arguments: list[str]) -> NoReturn:
    """Turn this process into a service in the foreground: its signals and its terminal stay."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *arguments])
