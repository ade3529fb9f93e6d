"""Graphs: ops wired together by the body of a function."""
