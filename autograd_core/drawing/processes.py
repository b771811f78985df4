"""Programs run in processes of their own, for a limited time, with nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any


def run(command: Sequence[str], text: str, time_limit: float) -> bytes:
    """What a program writes for a text. Whatever ends the wait, neither it nor what it has started is left running.

    Raises OSError if it cannot be started, subprocess.TimeoutExpired or subprocess.CalledProcessError.
    """
    pipe, process = subprocess.PIPE, None
    try:
        with uninterrupted():
            # in a session of its own, so that what a script starts in its turn can be ended with it
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        written, words = process.communicate(text.encode(), time_limit)
    except BaseException:  # too late, or the user has interrupted
        if process is not None:
            end(process)
        raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, stderr=words.decode(errors="replace"))
    return written


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it has started."""
    with process:  # its pipes are closed, and its end is waited for
        if sys.platform == "win32":
            process.kill()
        else:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold a Ctrl-C back until the end: in the middle of its start, a process would be forgotten and go on."""
    if threading.current_thread() is not threading.main_thread():
        yield  # other threads are not interrupted
        return
    held: list[Any] = []
    usual = signal.signal(signal.SIGINT, lambda *event: held.append(event))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if held:
        signal.raise_signal(signal.SIGINT)
