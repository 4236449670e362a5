"""Ties a program's life to its parent's, so that a killed supervisor leaves nothing running.

Knows: Linux' parent-death signal (prctl(2), PR_SET_PDEATHSIG). Must not know: which program it ties.

This file is also run as a script: it asks the kernel for the signal and then becomes the program by exec, so the pid
that the parent holds stays right. Doing the same between fork and exec (`preexec_fn`) would run Python code in a copy
of a process whose other threads hold locks. The kernel sends the signal when the *thread* that started the program
ends; start programs from a thread that lives as long as they should. Where there is no prctl (macOS, BSD) the program
is started as it is, and the parent's own clean-up has to do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1
_ORPHANED = 125  # exit status when the parent was gone before the tie was made
_NOT_STARTED = 127  # what a shell says of a program that cannot be run


def tied(argv: Sequence[str], *, on_parent_death: int) -> list[str]:
    """The command line that runs `argv` as this process's child and has the kernel send it `on_parent_death`
    (a signal number) when this process dies. Where the kernel cannot, `argv` itself."""
    if not sys.platform.startswith("linux"):
        return list(argv)
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(on_parent_death)), *argv]


def _become(parent: int, on_parent_death: int, argv: Sequence[str]) -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, on_parent_death, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl: {os.strerror(error)}")
    if os.getppid() != parent:  # it died before the kernel knew whom to tell
        sys.exit(_ORPHANED)
    os.execvp(argv[0], list(argv))  # noqa: S606  a shell here would be one more process between parent and program


if __name__ == "__main__":
    try:
        _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
    except OSError as error:
        sys.stderr.write(f"tornavoz: cannot start {sys.argv[3]}: {error}\n")
        sys.exit(_NOT_STARTED)
