"""Imported by Python itself at start when this folder is in PYTHONPATH: moves the process's clock, for a test.

AVANCE_HORLOGE: seconds ahead of the real time. The clock keeps going; the monotonic one is left alone.
"""

import os
import time

import time_machine

if os.environ.get("AVANCE_HORLOGE"):
    time_machine.travel(time.time() + float(os.environ["AVANCE_HORLOGE"]), tick=True).start()
