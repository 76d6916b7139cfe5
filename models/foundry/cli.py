"""The command line: `python -m models.foundry COMMAND`. Owns the order of the steps and the words of --help; each step's work
is elsewhere. Errors that a person can mend are sentences on standard error, and exit status 1; wrong usage is 2.
"""
import pathlib
import sys
import traceback
from typing import Annotated, Optional

import typer

from models.foundry import config as configs
from models.foundry import prepare as pictures, several
from models.foundry.problem import Problem, nearest
from models.foundry.run import Run, disk
from models.foundry.screen import Screen

SCREEN = Screen()

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
                  help="From a folder of labelled pictures to a signed-off pack. `init DIR` writes a first config; `all CONFIG --data DIR --out "
                       "OUT` does the rest. "
                       "Every command may be killed at any time: the same command goes on.")

ConfigFile = Annotated[pathlib.Path, typer.Argument(help="The data set's .toml or .json file.")]
Data = Annotated[Optional[list[str]], typer.Option(help="The pictures: DIR, or NAME=DIR for each of several sources.", metavar="[NAME=]DIR")]
Out = Annotated[pathlib.Path, typer.Option(help="The folder of all results; it keeps what is done.", metavar="DIR")]
Again = Annotated[bool, typer.Option("--again", help="Do this command's steps anew, whatever is there.")]
Insitu = Annotated[Optional[str], typer.Option("--command", help="The insitu command (build/insitu).", metavar="PROGRAM")]
Full = Annotated[bool, typer.Option("--full", help="For the report: four precisions, every engine, pictures made worse; takes long.")]
Minutes = Annotated[Optional[float], typer.Option(help="Of training, instead of the config's budget_minutes.", min=0.01)]


class Work:
    """One config's steps in one folder."""

    def __init__(self, config, data, out, again=False, insitu=None, minutes=None, full=False):
        self.screen = SCREEN
        self.path, self.config = config, configs.load(config)
        self.several = several.are(self.config)
        if minutes:
            self.config["budget_minutes"] = minutes
        self.data, self.again, self.insitu_named, self.full = data, again, insitu, full
        self.run = Run(out.absolute(), self.screen.say)  # the modules are run from the repository's root
        with disk(out):
            self.screen.hush(out / "libraries.log")
        self.foreign = (config.parent / self.config["foreign"]) if "foreign" in self.config else None
        if self.foreign and not self.foreign.is_dir():
            raise Problem(f"{config}: foreign is {self.config['foreign']!r}; there is no such folder beside the config")
        self.config["teachers"] = [str((config.parent / path).resolve()) for path in self.config.get("teachers", [])]

    @property
    def insitu(self):
        from models.foundry import command
        return command.find(self.insitu_named)

    def folders(self):
        """{source: folder} of --data."""
        names = [source["name"] for source in self.config["sources"]]
        if not self.data:
            raise Problem(f"--data is missing; give {' '.join(f'--data {n}=DIR' for n in names) if len(names) > 1 else '--data DIR'}")
        if len(names) == 1 and len(self.data) == 1 and ("=" not in self.data[0] or pathlib.Path(self.data[0]).is_dir()):
            return {names[0]: pathlib.Path(self.data[0])}
        given = dict(word.split("=", 1) for word in self.data if "=" in word)
        for name in given:
            if name not in names:
                raise Problem(f"--data {name}=…: the config has no source {name!r}; it has {', '.join(names)}{nearest(name, names)}")
        missing = [name for name in names if name not in given]
        if missing:
            raise Problem(f"--data is missing for {', '.join(missing)}; give --data {missing[0]}=DIR")
        return {name: pathlib.Path(folder) for name, folder in given.items()}

    def there(self, name):
        return self.run.folder(name)

    def key(self, name):
        self.there(name)
        return self.run.made_from(name)["key"]

    def prepare(self):
        folders = self.folders()
        for name, folder in folders.items():
            if not folder.is_dir():
                raise Problem(f"{folder}: is no folder; give that of source {name!r} with --data")
        self.run.step("prepare", pictures.key(self.config, folders),
                      lambda folder: pictures.make(self.config, folders, folder, self.screen.progress, self.screen.say), self.again)

    def model(self):
        """The trained network: the config's, or this run's."""
        if "model" in self.config:
            return (self.path.parent / self.config["model"]).resolve()
        return self.there("train") / "best.pt"

    def train(self):
        from models.foundry import training
        if "model" in self.config:
            return self.screen.say(f"train: the config names a trained network, {self.config['model']}")
        missing = [path for path in self.config["teachers"] if not pathlib.Path(path).is_file()]
        if missing:
            raise Problem(f"{self.path}: teachers names {missing[0]}; there is no such file, name the best.pt of a training (its OUT/train/best.pt)")
        prepared = self.there("prepare")
        key, folder, partial = training.key(self.config, prepared), self.run.out / "train", self.run.out / "train.partial"
        done = self.run.made_from("train")
        short = training.by_minutes(self.config) and training.minutes_done(folder) < 0.99 * self.config["budget_minutes"]
        if done and done["key"] == key and short and not self.again and not partial.exists():
            folder.rename(partial)  # more minutes were asked for: go on from the last checkpoint
        elif done and done["key"] != key and not self.again:
            raise Problem(f"{folder}: was trained with other pictures or another config; `train --again` trains anew, or give another --out")
        self.run.step("train", key, lambda half: training.make(self.config, prepared, half, self.screen.progress), self.again,
                      goes_on=("checkpoint.pt", "soft-labels-*"))

    def convert(self):
        from models.foundry import networks
        model = self.model()
        self.run.step("convert", networks.convert_key(self.config, model), lambda folder: networks.convert(self.config, model, folder), self.again)

    def quantise(self):
        from models.foundry import networks
        converted, prepared = self.there("convert"), self.there("prepare")
        self.run.step("quantise", networks.quantise_key(self.config, converted, prepared),
                      lambda folder: networks.quantise(self.config, converted, prepared, folder, self.screen.progress, self.screen.say),
                      self.again)

    def calibrate(self):
        from models.foundry import limits
        quantised, prepared, insitu = self.there("quantise"), self.there("prepare"), self.insitu

        def make(folder):
            if self.several:
                return several.calibrate(self.config, self.path.parent, quantised, prepared, self.foreign, folder, self.screen.progress, self.screen.say)
            return limits.make(self.config, self.path.parent, quantised, prepared, self.foreign, folder, self.screen.progress, insitu, self.screen.say)
        self.run.step("calibrate", limits.key(self.config, quantised, prepared, self.foreign), make, self.again)

    def evaluate(self):
        from models.foundry import measure
        calibrated, prepared, insitu = self.there("calibrate"), self.there("prepare"), self.insitu

        def make(folder):
            if self.several:
                checkpoint = None if "model" in self.config else self.there("train") / "best.pt"
                return several.evaluate(self.config, calibrated, prepared, self.foreign, folder, self.screen.progress, insitu, checkpoint)
            return measure.make(self.config, calibrated, prepared, self.foreign, folder, self.screen.progress, insitu)
        self.run.step("evaluate", measure.key(self.config, self.key("calibrate"), insitu, self.foreign), make, self.again)

    def pack(self):
        from models.foundry import ship
        reported, prepared, insitu = self.there("report"), self.there("prepare"), self.insitu
        folder = self.run.step("pack", ship.key(self.config, self.path, self.key("report")), lambda folder: ship.make(
            self.config, self.path, reported, prepared, folder, insitu), self.again)
        self.screen.say(f"the pack: {folder / self.config['id']}; see it in the page: make run MODELS={folder} FIRST_PACK={self.config['id']}")

    def report(self):
        from models.foundry import summary
        steps = {name: self.there(name) for name in ("convert", "quantise", "calibrate", "evaluate")}
        if "model" not in self.config:
            steps["train"] = self.there("train")
        prepared, before = self.there("prepare"), self.run.made_from("report")
        key = [self.key("evaluate"), self.key("prepare"), {k: self.config[k] for k in ("keep", "subgroups", "robustness") if k in self.config}]
        full = self.full or bool(before and before["key"] == [*key, "full"])  # a full one is not made less
        wanted = [*key, "full"] if full else key
        if self.again or not before or before["key"] != wanted:
            self.require_engines(full)
        folder = self.run.step("report", wanted, lambda folder: summary.make(
            self.config, steps, prepared, folder, self.run.out / "work", full, self.screen.progress), self.again)
        self.screen.say(f"the report: {folder / 'report.md'}, and for a reviewer {folder / self.config['id'] / 'report' / 'report.html'}")

    def search(self):
        from models.foundry import search
        search.make(self.config, self.there("prepare"), self.run.out, self.screen.progress, self.insitu, self.screen.say)

    def require_engines(self, full):
        """A full report compares them all: said at once, not after the training."""
        from models.foundry import command
        from models.tools import command as engines
        missing = engines.not_built(engines.BUILDS, command.ROOT)
        if full and missing:
            raise Problem(f"{missing[0]}: is not built yet; `make {' '.join(missing)}` builds what --full compares, or leave --full out")

    def all(self):
        """Every step; the report comes before the pack, which may still wait for a person's texts."""
        from models.foundry import texts
        for sentence in texts.all_unwritten(self.config, self.path):
            self.screen.say(f"before the pack is shipped: {sentence}")
        self.insitu  # said at once, not after the training
        self.require_engines(self.full)
        for name in ("prepare", "train", "convert", "quantise", "calibrate", "evaluate", "report", "pack"):
            getattr(self, name)()


def command(name, text):
    """A step as a command of its own."""
    def one(config: ConfigFile, out: Out, data: Data = None, again: Again = False, insitu: Insitu = None, minutes: Minutes = None,
            full: Full = False):
        try:
            work = Work(config, data, out, again, insitu, minutes, full)
            with disk(out):
                getattr(work, name)()
        except KeyboardInterrupt:  # typer would say "Aborted"
            SCREEN.say("stopped; the same command goes on from here")
            raise typer.Exit(130) from None
    one.__doc__ = text
    app.command(name)(one)


command("prepare", "Look at the pictures, leave out what is broken or twice, draw the sides; writes a report.")
command("train", "Fine-tune the config's network within its minutes; watched by validation alone.")
command("search", "Try networks, sizes and widths within the config's milliseconds and bytes; which is worth it, and why.")
command("convert", "The trained network (or the config's Keras, SavedModel or ONNX file) as float32 .tflite.")
command("quantise", "The variants that the pack ships: int8 (calibrated on training pictures), dynamic, float16.")
command("calibrate", "Temperature, sets, limits and what is refused, fitted on validation; a draft pack to try.")
command("evaluate", "The test side, read once: every figure, by the reference interpreter and by the command.")
command("pack", "The pack to ship, with a card; refuses texts that nobody has written.")
command("report", "One page to read before signing.")
command("all", "Every step from pictures to pack; goes on where it was stopped.")


@app.command()
def init(folder: Annotated[pathlib.Path, typer.Argument(help="Folder of pictures: a folder for each class, or labels.csv and images/.")],
         out: Annotated[pathlib.Path, typer.Option(help="Where the config and its texts go.", metavar="DIR")] = pathlib.Path("."),
         model: Annotated[Optional[pathlib.Path], typer.Option(help="A trained network to take: .keras, .h5, a SavedModel's folder, .onnx.",
                                                               metavar="FILE")] = None):
    """Write a first config and texts for a folder of pictures."""
    from models.foundry import start
    path, counts = start.make(folder, out, model)
    screen = SCREEN
    screen.say(f"{path}: pictures of {len(counts)} classes: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))
    screen.say(f"Now read it, write the texts in {out / 'texts' / 'en.json'}, and: python -m models.foundry all {path} --data {folder} --out OUT")


def main():
    """Ends the process: 0, 1 with sentences that name what to mend, 2 for wrong usage, 130 where a person stopped it."""
    try:
        app(standalone_mode=True)
    except Problem as problem:
        for sentence in problem.sentences:
            SCREEN.say(sentence)
        sys.exit(1)
    except SystemExit as ended:  # typer's own, or a sentence of models/tools
        if isinstance(ended.code, str):
            SCREEN.say(ended.code)
            sys.exit(1)
        raise
    except Exception:
        SCREEN.say(traceback.format_exc())
        sys.exit(1)
