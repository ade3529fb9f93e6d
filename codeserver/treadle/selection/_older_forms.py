"""Dagster's older forms (`++b`, `b*`, `*b`), refused with both meanings written out."""

from __future__ import annotations

from treadle.selection._errors import AmbiguousSelectionError
from treadle.selection._expression import Expression, Reach


def pluses(
    of: Expression, *, before: int, after: int, text: str, position: int
) -> AmbiguousSelectionError:
    """Return the refusal of several pluses before or after `of`: a level each there."""
    if before:
        few, every = Reach(of=of, up=before), Reach(of=of, up=None)
        form, counted = "+" * (before - 1) + str(every), f"{before} levels up"
    else:
        few, every = Reach(of=of, down=after), Reach(of=of, down=None)
        form, counted = str(every) + "+" * (after - 1), f"{after} levels down"
    return AmbiguousSelectionError(
        f"{form!r} is an older form. Write {few} for {counted}, or {every} for all the way.",
        text=text,
        position=position,
        names=(form,),
        suggestions=(str(few), str(every)),
    )


def stars(
    word: str, *, before: bool, after: bool, text: str, position: int
) -> AmbiguousSelectionError:
    """Return the refusal of a star beside a name: all the way there, a wildcard elsewhere."""
    form = f"{'*' * before}{word}{'*' * after}"
    reach = f"{'+' * before}{word}{'+' * after}"
    way = "above and below" if before and after else "above" if before else "below"
    return AmbiguousSelectionError(
        f"{form!r} is an older form. Write {reach} for {word} with everything {way} it, "
        f"or key:{form} for every key that looks like this.",
        text=text,
        position=position,
        names=(form,),
        suggestions=(reach, f"key:{form}"),
    )
