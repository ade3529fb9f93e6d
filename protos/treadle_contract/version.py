"""The version of all packages of ours, which are installed together."""

from __future__ import annotations

#: The build reads it from here. To look it up in what is installed takes a tenth of a launcher's start.
VERSION = "0.1.0"
