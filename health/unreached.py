"""Why a server could not be reached, in a few words for people."""

import os
import ssl


def why(error: BaseException) -> str:
    """`connection refused`, without the address: whoever asks knows it. Of aiohttp's errors, what is behind them."""
    behind = getattr(error, "os_error", error)
    if isinstance(behind, ssl.SSLError):
        reason: str | None = getattr(behind, "reason", None)
        return f"no TLS: {(reason or str(behind)).replace('_', ' ').lower()}"
    if isinstance(behind, OSError) and behind.errno is not None and behind.errno > 0:
        return os.strerror(behind.errno).lower()
    if isinstance(behind, TimeoutError):
        return str(behind) or "no answer in time"
    return str(behind) or type(behind).__name__
