"""A step fails: what reads it does not run, what does not need it runs."""

from treadle import asset


@asset
def broken_source():
    raise ValueError("the well is dry")


@asset
def bucket(broken_source):
    return broken_source


@asset
def garden():
    return "green"
