"""NumPy functions that take arrays and are refused, with what to do instead.

What is in no table at all is refused as well, in general words (`dispatch`); a test keeps this list complete.
"""

import numpy as np

from ..dispatch import refuse

for writer in (np.save, np.savez, np.savez_compressed, np.savetxt):
    refuse(writer, "writes numbers without their record: save x.numpy()")
for dates in (np.busday_count, np.busday_offset, np.is_busday, np.datetime_as_string):
    refuse(dates, "is about dates, which have no derivative")
for bits in (np.packbits, np.unpackbits):
    refuse(bits, "is about bits, which have no derivative: use x.numpy()")
