"""Trains one network from one config, within a budget of minutes or steps, on a GPU where there is one.

  python -m models.tools.train CONFIG --data NAME=DIR... --out DIR [--teacher CHECKPOINT...] [--start CHECKPOINT] [--minutes N]

Owns the loss with the class prior taken out, distillation, the schedule, averaged weights, checkpoints. Refuses to look
at a test split: validation is watched, and the averaged weights with its best figure stay in OUT/best.pt (the figure is
the config's "keep"). Stopped at any time it goes on from OUT/checkpoint.pt. With "head_only" the last layer alone is fitted (head.py).

Loss: classes are drawn with shares q and log q is added to the logits (Menon et al. 2021), so raw logits are scores
under a uniform prior, and adding the log of the training prior gives training-prior scores. Where pictures have several
findings or none it is the binary cross-entropy of each, weighed (draw.FindingDraws), and calibration takes the weights out.

Distillation (Hinton et al. 2015) where there are teachers: they see the very picture that the student sees, augmented
and mixed alike (Beyer et al. 2022), and "distil" says how much of the loss it is and at which temperature. With "stored_views"
they are asked once, before the first step and off the clock, and a step costs no teacher (soft_labels.py).

On a CPU with glibc, GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=17179869184:\
glibc.malloc.trim_threshold=17179869184 takes a quarter off each step (measured 0.95 -> 0.73 s: page faults).
"""
import argparse
import contextlib
import io
import json
import math
import os
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional as F

from models.tools import dataset, draw, findings, findings_metrics, full_disk, head, metrics, network, soft_labels, written


def rate(progress, warm_up):
    """One cycle over progress 0..1: linear up, cosine down."""
    if progress < warm_up:
        return 0.02 + 0.98 * progress / warm_up
    return 0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * min(1, (progress - warm_up) / (1 - warm_up))))


def stage_at(config, progress):
    """The last stage that has begun."""
    return [stage for stage in config["stages"] if stage["from"] <= progress][-1]


def share_done(elapsed, count, budget, steps):
    """How much of the training is over: of the config's "budget_steps" where it has them, of the minutes otherwise."""
    return count / steps if steps else elapsed / budget


def average_into(average, model, decay):
    """average ← decay·average + (1−decay)·model, over weights and batch-norm statistics."""
    pairs = list(zip(average.state_dict().values(), model.state_dict().values()))
    floats = [(a, b) for a, b in pairs if a.dtype.is_floating_point]
    torch._foreach_lerp_([a for a, _ in floats], [b for _, b in floats], 1 - decay)
    for a, b in pairs:
        if not a.dtype.is_floating_point:
            a.copy_(b)


def precision(device):
    """bfloat16 where it is faster than float32: on GPUs."""
    return torch.autocast("cuda", torch.bfloat16) if device.type == "cuda" else contextlib.nullcontext()


@torch.no_grad()
def logits_of(model, pixels):
    """float32 [n,classes]; pixels: uint8 [n,H,W,3] as the product prepares them."""
    model.eval()
    device = next(model.parameters()).device
    logits = []
    for i in range(0, len(pixels), 64):
        x = torch.from_numpy(pixels[i:i + 64]).to(device).permute(0, 3, 1, 2).float() / 255
        logits.append(model(x.contiguous(memory_format=torch.channels_last)).float().cpu())
    return torch.cat(logits).numpy()


def optimiser(model, config):
    head = {id(p) for p in model.head().parameters()}
    rest = [p for p in model.parameters() if id(p) not in head]
    return torch.optim.AdamW([{"params": rest, "factor": 1.0},
                              {"params": list(model.head().parameters()), "factor": config["head_factor"]}],
                             lr=config["learning_rate"], weight_decay=config["weight_decay"], foreach=True)


def mixed(x, rng, alpha):
    """Mixup (Zhang et al. 2018): (share·x + (1−share)·x in another order, that order, share)."""
    other = torch.randperm(len(x), generator=rng, device=rng.device)
    seed = int(torch.randint(2**31, (1,), generator=rng, device=rng.device))
    share = float(np.random.default_rng(seed).beta(alpha, alpha))
    return x.lerp(x[other], 1 - share), other, share


def resized(x, size):
    """x as a smaller network wants it."""
    if x.shape[2:] == torch.Size(size):
        return x
    x = F.interpolate(x, size=tuple(size), mode="bilinear", antialias=True)
    return x.contiguous(memory_format=torch.channels_last)


def cross_entropy(logits, target):
    return -(target * F.log_softmax(logits, 1)).sum(1).mean()


def adjusted_cross_entropy(logits, target, log_q):
    return cross_entropy(logits + log_q, target)


def weighed_binary_cross_entropy(logits, target, weight):
    """Mean over pictures and findings; target and weight [n,classes]."""
    return F.binary_cross_entropy_with_logits(logits, target, weight)


class Teachers:
    """Networks whose mean probability a student follows; none gives no such loss."""

    def __init__(self, paths, device, classes=None):
        self.models = []
        for path in paths:
            saved = torch.load(path, map_location="cpu", weights_only=True)
            if classes is not None and saved["classes"] != classes:
                raise SystemExit(f"--teacher {path}: its classes are {', '.join(saved['classes'])}; the config's are {', '.join(classes)}, and a student "
                                 "learns the same ones in the same order")
            model = network.build(saved["network"], len(saved["classes"]), pretrained=False, **saved.get("shape", {}))
            model.load_state_dict(saved["average"])
            self.models.append(model.eval().to(device, memory_format=torch.channels_last))

    @torch.no_grad()
    def probabilities(self, x, temperature):
        return sum(F.softmax(model(x).float() / temperature, 1) for model in self.models) / len(self.models)


def loss_of(model, teachers, x, target, beside, mix, config, size, entropy=adjusted_cross_entropy, said=None):
    """The loss of a batch whose x is mixed already; beside: what `entropy` takes beside logits and target (log_q, or
    weights); mix: (order, share) of the second label, or None; said [n,classes]: what teachers said of the pictures before
    they were mixed, which is then mixed alike, instead of teachers that see x."""
    with precision(x.device):
        logits = model(resized(x, size)).float()
    loss = entropy(logits, target, beside)
    if mix:
        other, share = mix
        loss = share * loss + (1 - share) * entropy(logits, target[other], beside[other])
    if teachers.models or said is not None:
        distil = config["distil"]
        temperature = distil["temperature"]
        if said is None:
            with precision(x.device):
                wanted = teachers.probabilities(x, temperature)
        else:
            wanted = said.lerp(said[other], 1 - share) if mix else said
        followed = F.kl_div(F.log_softmax(logits / temperature, 1), wanted, reduction="batchmean") * temperature**2
        loss = (1 - distil["share"]) * loss + distil["share"] * followed
    return loss


def begin_with(saved, model, average, opt, same_classes):
    """Takes over a checkpoint. One of averaged weights alone (best.pt) may be of other classes: its last layer is left out."""
    if "model" in saved:
        model.load_state_dict(saved["model"])
        average.load_state_dict(saved["average"])
        opt.load_state_dict(saved["optimiser"])
        return
    weights = saved["average"]
    if not same_classes:
        head = {id(p) for p in model.head().parameters()}
        new = {name for name, p in model.named_parameters() if id(p) in head}
        weights = {name: value for name, value in weights.items() if name not in new}
    for one in (model, average):
        one.load_state_dict({**one.state_dict(), **weights})


def save(path, **state):
    made = io.BytesIO()  # torch's own writer says of a full disk something else, and keeps the half open while it says it
    torch.save(state, made)
    with written.whole(path) as partial:
        partial.write_bytes(made.getbuffer())


def best_so_far(log):
    """The best that a run which goes on has reached on validation. A line that a kill cut off is ended, and tells nothing."""
    text, best = log.read_text(), 0
    if text and not text.endswith("\n"):
        log.write_text(text + "\n")
    for line in text.splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            best = max(best, json.loads(line)["kept"])
    return best


class Watch:
    """The validation side of each source, and the mean of the kept figures over sources, by their shares."""

    def __init__(self, sources, config):
        height, width = config["validate_size"]
        self.keep = config.get("keep", ["macro_auc"])
        self.sides = []
        for source in sources:
            chosen = source.indices("val")
            if len(chosen):
                self.sides.append((source.name, source.spec.get("share", 1), source.inputs(chosen, width, height, 1.0), self.judge(source, chosen)))

    def judge(self, source, chosen):
        """From logits of these rows to (their figures, one line of them)."""
        if source.reader:
            target = source.target[chosen]
            if self.keep != ["macro_auc"]:
                raise SystemExit(f"the config's keep is {self.keep}; of findings it is [\"macro_auc\"]")
            if not (target.any(0) & ~target.all(0)).any():
                raise SystemExit(f"{source.table}: no finding has pictures with it and without it on the val side; nothing could be chosen by it")
            measure, line = (lambda logits: findings_metrics.figures(findings_metrics.sigmoid(logits), target)), findings_metrics.line
        else:
            label, prior = source.label[chosen], np.maximum(source.prior(source.indices("train")), 1e-6)
            measure, line = (lambda logits: metrics.figures(logits, label, prior / prior.sum())), metrics.line
        return lambda logits: (found := measure(logits), line(found))

    def figures(self, model):
        lines, total, weight = {}, 0, 0
        for name, share, pixels, judge in self.sides:
            found, lines[name] = judge(logits_of(model, pixels))
            total += share * float(np.mean([found[figure] for figure in self.keep]))
            weight += share
        return lines, total / weight


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config")
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: labels.csv and images/")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder for checkpoint.pt and log.jsonl")
    parser.add_argument("--teacher", action="append", default=[], help="best.pt of a network to learn from; may be repeated")
    parser.add_argument("--start", help="checkpoint whose weights and optimiser to begin with; of a best.pt the weights alone")
    parser.add_argument("--weights", help="the network's ImageNet weights, where no package brings them (densenet121: torchvision's file)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of the CPU (all)")
    parser.add_argument("--minutes", type=float, help="instead of the config's budget_minutes")
    args = parser.parse_args()
    config = written.read(args.config)
    args.out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(config["seed"])
    if not (args.minutes or {"budget_minutes", "budget_steps", "head_only"} & set(config)):
        raise SystemExit(f"{args.config}: says neither budget_minutes nor budget_steps; give one, or --minutes")
    budget = 60 * (args.minutes or config.get("budget_minutes", math.inf))

    entropy = adjusted_cross_entropy
    if findings.are_findings(config):
        entropy = weighed_binary_cross_entropy
        if args.teacher:
            raise SystemExit(f"--teacher {args.teacher[0]}: a network of findings learns from labels alone; leave the teachers out")
    for path in args.teacher:
        if not pathlib.Path(path).is_file():
            raise SystemExit(f"--teacher {path}: no such file; give the best.pt of a training")
    views = soft_labels.num_views(config, args.config, args.teacher)
    sources = dataset.open_sources(config, args.data)
    dataset.check_groups(sources)
    watch = Watch(sources, config)
    classes = config["classes"]
    going_on = (args.out / "checkpoint.pt").is_file()
    model = network.build(config["network"], len(classes), config.get("pretrained", True) and not going_on, weights=args.weights,
                          **config.get("network_options", {}))
    if "head_only" in config:
        model = model.to(device, memory_format=torch.channels_last)
        head.train(config, model, sources, watch, args.out,
                   lambda path, state: save(path, average=state, network=config["network"], classes=classes, shape=network.shape_of(config)))
        return
    average = network.build(config["network"], len(classes), pretrained=False, **network.shape_of(config))
    average.load_state_dict(model.state_dict())
    model, average = (one.to(device, memory_format=torch.channels_last) for one in (model, average))
    teachers = Teachers([] if views else args.teacher, device, classes)
    opt = optimiser(model, config)
    elapsed, count, seen = 0.0, 0, 0
    last = args.out / "checkpoint.pt"
    begin = last if last.is_file() else args.start
    if begin:
        saved = torch.load(begin, map_location=device, weights_only=True)
        if saved.get("shape", network.shape_of(config)) != network.shape_of(config):
            raise SystemExit(f"--start {begin}: its network_options are {json.dumps(saved['shape'])}, the config's {json.dumps(network.shape_of(config))}; "
                             "give the config the same")
        begin_with(saved, model, average, opt, saved.get("classes", classes) == classes)
        if begin is last:
            elapsed, count, seen = saved["elapsed"], saved["step"], saved["seen"]
    draws = draw.Draws(sources, config, config["seed"] + count, device)
    if views:
        soft_labels.follow(config, draws, args.teacher, args.out, lambda: Teachers(args.teacher, device, classes), precision)
    rng = torch.Generator(device).manual_seed(config["seed"] + count)
    log = open(args.out / "log.jsonl", "a", buffering=1)

    losses, mark, reported = [], time.monotonic(), elapsed
    best = best_so_far(args.out / "log.jsonl")
    while (progress := share_done(elapsed, count, budget, config.get("budget_steps"))) < 1:
        stage = stage_at(config, progress)
        model.train()
        model.freeze(stage.get("frozen_blocks", 0))
        for group in opt.param_groups:
            group["lr"] = config["learning_rate"] * group["factor"] * rate(progress, config["warm_up"])
        x, target, beside, said = draws.batch(rng, config["batch"], stage.get("teacher_size", stage["size"]) if teachers.models else stage["size"])
        mix = None
        if config.get("mixup"):
            x, *mix = mixed(x, rng, config["mixup"])
        loss = loss_of(model, teachers, x, target, beside, mix, config, stage["size"], entropy, said)
        opt.zero_grad()
        loss.backward()
        opt.step()
        count, seen = count + 1, seen + len(x)
        average_into(average, model, min(config["average"], count / (count + 9)))
        losses.append(loss.detach())
        if len(losses) % 8 == 0:
            losses[-8].item()  # a GPU is not given more than eight steps ahead of the clock
        elapsed, mark = elapsed + time.monotonic() - mark, time.monotonic()
        if elapsed - reported > 60 * config["report_minutes"] or share_done(elapsed, count, budget, config.get("budget_steps")) >= 1:
            figures, kept = watch.figures(average)
            print(json.dumps({"minutes": round(elapsed / 60, 2), "steps": count, "epochs": round(seen / draws.size, 2),
                              "size": stage["size"], "loss": round(float(torch.stack(losses).mean()), 4),
                              "kept": round(kept, 5), "validation": figures}), file=log)
            if kept > best:
                best = kept
                save(args.out / "best.pt", average=average.state_dict(), network=config["network"], classes=classes, shape=network.shape_of(config))
            save(last, model=model.state_dict(), average=average.state_dict(), optimiser=opt.state_dict(),
                 elapsed=elapsed, step=count, seen=seen)
            losses, reported, mark = [], elapsed, time.monotonic()


if __name__ == "__main__":
    full_disk.started(main)
