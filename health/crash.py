"""Named places where a process kills itself, for the tests that prove that nothing is lost there."""

import itertools
import os
import signal

_NAME, _, _NTH = os.environ.get("POCKETPAY_CRASH_AT", "").partition(":")
_PASS_TO_DIE_AT = int(_NTH or 1)
_passes = itertools.count(1)


def crash_point(name: str) -> None:
    """With POCKETPAY_CRASH_AT=name:n the n-th pass here is a kill -9 of this process; without it, nothing."""
    if name == _NAME and next(_passes) == _PASS_TO_DIE_AT:
        os.kill(os.getpid(), signal.SIGKILL)
