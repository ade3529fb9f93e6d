"""Warnings of ops, by their context or by any logger, are in the record of the run."""

import logging

from treadle import asset


@asset
def logged_lines(context) -> int:
    context.log.info("begins")
    context.log.warning("half full")
    logging.getLogger("shop").warning("nearly empty")
    return 2
