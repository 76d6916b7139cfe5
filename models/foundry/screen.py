"""What a person sees while a command works: a bar with the time left, or lines now and then where nobody watches a terminal."""
import contextlib
import os
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from models.foundry.run import taken

EVERY_S = 30  # between two lines where there is no terminal


class Screen:
    """say(line) and progress(what, total, begun): a context whose value counts on: advance(by=1, told=None)."""

    def __init__(self):
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)

    def hush(self, log):
        """From here on what libraries print, in whichever language they are written, goes into that file; this screen stays."""
        own = os.fdopen(os.dup(2), "w")
        self.console = Console(file=own, highlight=False, soft_wrap=True, force_terminal=own.isatty())
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for stream in (1, 2):
            os.dup2(said, stream)
        os.close(said)

    def say(self, line):
        self.console.print(line, markup=False)

    @contextlib.contextmanager
    def progress(self, what, total, begun=0):
        maker = self.bar if self.console.is_terminal else self.lines
        with maker(what, total, begun) as advance:
            yield advance

    @contextlib.contextmanager
    def bar(self, what, total, begun):
        columns = [SpinnerColumn(), TextColumn("{task.description}", markup=False)]
        columns += [BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("left"), TimeRemainingColumn()] if total else [TimeElapsedColumn()]
        with Progress(*columns, console=self.console, transient=True) as shown:
            task = shown.add_task(what, total=total, completed=begun)

            def advance(by=1, told=None):
                shown.update(task, advance=by)
                if told:
                    shown.console.print(told, markup=False)
            yield advance

    @contextlib.contextmanager
    def lines(self, what, total, begun):
        start = last = time.monotonic()
        done = begun

        def advance(by=1, told=None):
            nonlocal done, last
            done += by
            if told:
                self.say(told)
            if total and time.monotonic() - last >= EVERY_S and done > begun:
                last = time.monotonic()
                left = (last - start) * max(0, total - done) / (done - begun)
                self.say(f"{what}: {min(1, done / total):.0%}, {taken(left)} left")
        yield advance
