"""Ops that raise what is hard to tell."""

from treadle import asset


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no words")

    __repr__ = __str__


class Leaves(BaseException):
    def __str__(self):
        raise SystemExit(3)

    __repr__ = __str__


@asset
def unspeakable():
    raise Unspeakable


@asset
def leaves():
    raise Leaves


@asset
def caused_long_ago():
    error = ValueError("first")
    for number in range(3000):
        later = ValueError(f"number {number}")
        later.__cause__ = error
        error = later
    raise error


@asset
def grouped_deeply():
    error = ValueError("inner")
    for _ in range(2000):
        error = ExceptionGroup("outer", [error])
    raise error


@asset
def long_winded():
    raise ValueError("m" * 10_000_000)


@asset
def half_a_character():
    raise ValueError("\ud800 \0")


@asset
def interrupts():
    raise KeyboardInterrupt
