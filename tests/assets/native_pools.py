"""A module whose libraries start native thread pools that mend themselves after a fork."""

import numpy
import pandas
import pyarrow
import pyarrow.compute

from treadle import asset

# Work that wakes the pools before any fork.
PRODUCT = numpy.ones((300, 300)) @ numpy.ones((300, 300))
TABLE = pyarrow.table({"number": list(range(100_000))})
TOTAL = pyarrow.compute.sum(TABLE["number"]).as_py()


@asset
def worked(context):
    product = float((PRODUCT @ PRODUCT)[0, 0])
    frame = pandas.DataFrame({"number": range(1000)})
    mean = float(frame["number"].mean())
    total = pyarrow.compute.sum(pyarrow.table(frame)["number"]).as_py()
    context.add_output_metadata({"product": product, "mean": mean, "total": total})
