"""The options that several commands share, each group gathered into one object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from treadle_client._plan_options import CHOICES
from treadle_client._run_limits import MOST_RETRIES
from treadle_client.cli.config_options import CONFIG_OPTIONS, read_config
from treadle_client.cli.exit_code import ExitCode
from treadle_client.cli.home_option import home_option
from treadle_client.cli.plan_choices import PlanChoices
from treadle_client.cli.run_choices import RunChoices, run_timeout
from treadle_client.cli.session import SessionRequest
from treadle_client.services._local import Code
from treadle_client.services._start_choices import ImportScope, StartWith

Command: TypeAlias = Callable[..., ExitCode]
Decorator: TypeAlias = Callable[[Command], Command]

_PATH = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def _member_of(kind: type[StrEnum]) -> Callable[[object, object, str | None], StrEnum | None]:
    """Return what turns the word that was chosen into a member."""
    return lambda _ctx, _option, word: None if word is None else kind(word)


_CONFIG_NAMES: Final = ("config_files", "config_json", "settings")

_CODE: tuple[Decorator, ...] = (
    click.option(
        "-f", "--file", "files", multiple=True, type=_PATH, metavar="FILE",
        help="A file of assets to serve while the command lasts; repeatable.",
    ),
    click.option(
        "-m", "--module", "modules", multiple=True, metavar="MODULE",
        help="A dotted module of assets to serve while the command lasts; repeatable.",
    ),
    click.option(
        "--working-directory", type=_PATH, metavar="DIR",
        help="Where the code runs and modules are found; by default here.",
    ),
    click.option(
        "--python", metavar="INTERPRETER",
        help="The interpreter that runs the code; by default this one.",
    ),
    click.option(
        "--import-timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
        help="How long the import of one target may take; by default 60.",
    ),
    click.option(
        "--import", "import_scope", type=click.Choice([each.value for each in ImportScope]),
        callback=_member_of(ImportScope),
        help="How long an import serves: until the next load, by default, or one run.",
    ),
    click.option(
        "--start-method", type=click.Choice([each.value for each in StartWith]),
        callback=_member_of(StartWith),
        help="How step processes start; by default they are forked unless the code forbids it.",
    ),
)  # fmt: skip

_LAUNCHER: tuple[Decorator, ...] = (
    click.option(
        "--launcher", metavar="ADDRESS",
        help="A running launcher: unix:/path or host:port. By default $TREADLE_LAUNCHER, else"
        " the one that runs on the home.",
    ),
    home_option,
    click.option(
        "--token-file", type=_FILE, metavar="FILE",
        help="Holds the token that a launcher on TCP asks for.",
    ),
)  # fmt: skip

FORGET_HELP: Final = (
    "Go on with the home's database, though it is older than its values or another home's, and"
    " remove the values that it does not know."
)

_FORGET: tuple[Decorator, ...] = (click.option("--forget-values", is_flag=True, help=FORGET_HELP),)

_CHOICE_HELP: Final[Mapping[str, str]] = {
    "unselected_outputs": "What happens to an asset that a step yields though it is not selected; by"
    " default its block's choice, else materialize.",
    "siblings": "What a read of an unselected asset of the same block does: load the stored value,"
    " or run what makes it; by default its block's choice, else load.",
    "unrecorded_loads": "Whether to refuse, or to try, what must be loaded and was never"
    " materialized; by default refuse.",
    "isolation": "Which steps share a process: none (op), those of one block (asset), or all of the"
    " run; by default the block's choice, else the job's, else op.",
    "reuse": "Whether to run each step (never), or to take from earlier runs what they did with the same"
    " code, config and inputs (unchanged); by default never.",
}

_PARTITIONS: tuple[Decorator, ...] = (
    click.option(
        "--partition", metavar="KEY", help="The partition to make of what has partitions."
    ),
    click.option(
        "--partitions", multiple=True, metavar="FIRST..LAST",
        help="Several partitions to make in one run: a range, or a key; repeatable.",
    ),
)  # fmt: skip

_PLAN: tuple[Decorator, ...] = (
    click.option(
        "-s", "--select", "select", multiple=True, metavar="EXPR",
        help="What to make, for example 'foo or +bar'; repeatable, their union. Without it and"
        " --job: every asset.",
    ),
    click.option("--job", metavar="NAME", help="Make what a job selects."),
    click.option(
        "--op", "op_selection", multiple=True, metavar="OP",
        help="With --job, of a job of ops: run this one alone, as fetch, '*fetch' with all before it, inner.fetch;"
        " repeatable.",
    ),
    click.option("--location", metavar="NAME", help="The code location, if several have what is selected."),
    *(
        click.option(
            f"--{name.replace('_', '-')}", type=click.Choice([each.value for each in kind]),
            help=_CHOICE_HELP[name],
        )
        for name, kind in CHOICES.items()
    ),
    *_PARTITIONS,
    *CONFIG_OPTIONS,
    click.option(
        "--allow-empty", is_flag=True,
        help="Select nothing where a group, tag, kind, owner or wildcard matches nothing; by default that"
        " is refused.",
    ),
)  # fmt: skip
#: What changes which op runs, or why.
_EXPLAINED: Final = ("unselected_outputs", "siblings")
_EXPLAIN: tuple[Decorator, ...] = (
    click.argument("expressions", nargs=-1, metavar="[SELECTION]..."),
    *(option for name, option in zip(("select", "job", "op_selection", "location", *CHOICES), _PLAN, strict=False)
      if name not in CHOICES or name in _EXPLAINED),
    _PARTITIONS[0],
    *CONFIG_OPTIONS,
)  # fmt: skip


def read_tags(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """Split each text at its first "="; the value may be empty.

    Raises:
        click.BadParameter: a text is not KEY=VALUE, or a key stands twice.
    """
    tags: dict[str, str] = {}
    for text in texts:
        key, equals, tag = text.partition("=")
        if not key or not equals:
            raise click.BadParameter(f"{text!r} is not KEY=VALUE.")
        if key in tags:
            raise click.BadParameter(f"The tag {key!r} is given twice.")
        tags[key] = tag
    return tags


_RUN: tuple[Decorator, ...] = (
    click.option(
        "--tag", "tags", multiple=True, callback=read_tags, metavar="KEY=VALUE",
        help="A tag of the run; repeatable.",
    ),
    click.option(
        "--idempotency-key", metavar="KEY",
        help="Names this request: the same key again is the same run.",
    ),
    click.option(
        "--timeout", type=run_timeout, metavar="TIME",
        help="How long the run may take once it has started, 90 (seconds), 30m or 12h; then it is"
        " ended and fails. 'none': as long as it takes. By default none; of `runs rerun`, that of the earlier run.",
    ),
    click.option(
        "--retry-lost", type=click.IntRange(min=0, max=MOST_RETRIES), metavar="N",
        help="Try a step again, N times at most, whose host was lost while its code ran. By default"
        " 0; of `runs rerun`, that of the earlier run.",
    ),
)  # fmt: skip


def json_option(what: str) -> Decorator:
    """Add --json, whose help says what is printed."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what}, for machines.")


def code_options(command: Command) -> Command:
    """Add what to load; the command gets it as `code`."""
    names = (
        "files",
        "modules",
        "working_directory",
        "python",
        "import_timeout",
        "import_scope",
        "start_method",
    )
    return gathered(command, _CODE, names, Code, "code")


def launcher_options(command: Command) -> Command:
    """Add which launcher to talk to; the command gets it as `wanted`, a SessionRequest."""
    names = ("launcher", "home", "token_file")
    return gathered(command, _LAUNCHER, names, SessionRequest, "wanted")


def serving_options(command: Command) -> Command:
    """Add code and launcher; the command gets both as `wanted`, a SessionRequest."""
    names = ("code", "launcher", "home", "token_file")
    return code_options(gathered(command, _LAUNCHER, names, SessionRequest, "wanted"))


def running_options(command: Command) -> Command:
    """Add what `serving_options` does, for a command that may start a launcher that runs things."""
    names = ("code", "launcher", "home", "token_file", "forget_values")
    options = (*_LAUNCHER, *_FORGET)
    return code_options(gathered(command, options, names, SessionRequest, "wanted"))


def sweeping_options(command: Command) -> Command:
    """Add what `launcher_options` does, for a command that may start a launcher that removes."""
    names = ("launcher", "home", "token_file", "forget_values")
    return gathered(command, (*_LAUNCHER, *_FORGET), names, SessionRequest, "wanted")


def plan_options(command: Command) -> Command:
    """Add what a plan is asked with; the command gets it as `asked`, a PlanChoices."""
    names = (
        *("select", "job", "op_selection", "location", *CHOICES),
        *("partition", "partitions", *_CONFIG_NAMES, "allow_empty"),
    )
    return gathered(command, _PLAN, names, PlanChoices.of, "asked")


def explain_options(command: Command) -> Command:
    """Add what an explanation is asked with; the command gets it as `asked`, a PlanChoices."""
    names = (
        *("expressions", "select", "job", "op_selection", "location"),
        *(*_EXPLAINED, "partition", *_CONFIG_NAMES),
    )
    return gathered(command, _EXPLAIN, names, _explain_choices, "asked")


def _explain_choices(
    expressions: tuple[str, ...], select: tuple[str, ...], **others: Any
) -> PlanChoices:
    return PlanChoices.of(select=(*expressions, *select), **others)


def config_options(command: Command) -> Command:
    """Add config as it is said on the command line; the command gets what is said as `config`."""
    return gathered(command, CONFIG_OPTIONS, _CONFIG_NAMES, read_config, "config")


def run_options(command: Command) -> Command:
    """Add what is said of a run that is launched; the command gets it as `choices`, a RunChoices."""
    names = ("tags", "idempotency_key", "timeout", "retry_lost")
    return gathered(command, _RUN, names, RunChoices, "choices")


def gathered(
    command: Command,
    options: Sequence[Decorator],
    names: Sequence[str],
    make: Callable[..., object],
    into: str,
) -> Command:
    """Add options, and pass their values, which have these names, as the argument `into` made of them."""

    @wraps(command)
    def gather(**values: object) -> ExitCode:
        values[into] = make(**{name: values.pop(name) for name in names})
        return command(**values)

    # click lists options in the order in which decorators stand, the last applied first.
    gathering: Command = gather
    for option in reversed(options):
        gathering = option(gathering)
    return gathering
