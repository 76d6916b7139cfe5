"""A real file system of a few kilobytes, where this user may mount one."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def run(folder, size, words, **how):
    """The finished process of a command that runs with `folder` mounted as a file system of that size."""
    mounted = ["unshare", "-rm", "sh", "-c", f"mount -t tmpfs -o size={size} none {folder} && exec \"$@\"", "sh", *map(str, words)]
    done = subprocess.run(mounted, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, **how)
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip("a file system cannot be mounted here: " + done.stderr.strip()[-80:])
    return done
