"""Programs that a step starts. They end with it, also where it is killed: one that went on would take the machine from the same
command's second call, and write into the folder that this fills."""
import ctypes
import signal
import subprocess


def dies_with_its_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def run(words, **more):
    """What it said and how it ended."""
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, preexec_fn=dies_with_its_parent, **more)


def start(words, **more):
    return subprocess.Popen(list(map(str, words)), preexec_fn=dies_with_its_parent, **more)
