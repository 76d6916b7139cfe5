"""Trains one network from one config, within a budget of minutes.

  python -m models.tools.train CONFIG --data DIR --out DIR [--cache FILE] [--start CHECKPOINT] [--minutes N]

Owns sampling, the loss with the class prior taken out, the schedule, averaged weights, checkpoints. Refuses to look at
a test split: validation is watched, and the averaged weights with its best figure stay in OUT/best.pt (the figure is the config's
"keep": macro_auc unless it says accuracy). Stopped at any time it goes on from OUT/checkpoint.pt.

Loss: classes are drawn with shares q and log q is added to the logits (Menon et al. 2021), so raw logits are scores
under a uniform prior, and adding the log of the training prior gives training-prior scores.

On a CPU with glibc, GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=17179869184:\
glibc.malloc.trim_threshold=17179869184 takes a quarter off each step (measured 0.95 -> 0.73 s: page faults).
"""
import argparse
import json
import math
import os
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional as F

from models.tools import augment, dataset, metrics, network


def shares_drawn(config, prior):
    """q [classes]: how often each class is drawn."""
    q = prior ** config["draw_power"]
    for name, boost in config.get("draw_boost", {}).items():
        q[dataset.CLASSES.index(name)] *= boost
    return q / q.sum()


class Draws:
    """Endless picture indices: class c with share q[c], each class without replacement until it is used up."""

    def __init__(self, table, indices, q, seed):
        self.rng = np.random.default_rng(seed)
        self.pools = [indices[table.label[indices] == c] for c in range(len(q))]
        self.left = [np.empty(0, int) for _ in q]
        self.q = q

    def batch(self, size):
        chosen = []
        for c in self.rng.choice(len(self.q), size, p=self.q):
            if len(self.left[c]) == 0:
                self.left[c] = self.rng.permutation(self.pools[c])
            chosen.append(self.left[c][-1])
            self.left[c] = self.left[c][:-1]
        return np.array(chosen)


def rate(progress, warm_up):
    """One cycle over progress 0..1: linear up, cosine down."""
    if progress < warm_up:
        return 0.02 + 0.98 * progress / warm_up
    return 0.005 + 0.995 * 0.5 * (1 + math.cos(math.pi * min(1, (progress - warm_up) / (1 - warm_up))))


def stage_at(config, progress):
    """The last stage that has begun."""
    return [stage for stage in config["stages"] if stage["from"] <= progress][-1]


def average_into(average, model, decay):
    """average ← decay·average + (1−decay)·model, over weights and batch-norm statistics."""
    for a, b in zip(average.state_dict().values(), model.state_dict().values()):
        if a.dtype.is_floating_point:
            a.lerp_(b, 1 - decay)
        else:
            a.copy_(b)


@torch.no_grad()
def validate(model, pixels, label, prior):
    """pixels: uint8 [n,H,W,3] as the product prepares them. Returns metrics.figures."""
    model.eval()
    logits = [model(torch.from_numpy(pixels[i:i + 64]).permute(0, 3, 1, 2).float() / 255) for i in
              range(0, len(pixels), 64)]
    return metrics.figures(torch.cat(logits).numpy(), label, prior)


def optimiser(model, config):
    head = {id(p) for p in model.head().parameters()}
    rest = [p for p in model.parameters() if id(p) not in head]
    return torch.optim.AdamW([{"params": rest, "factor": 1.0},
                              {"params": list(model.head().parameters()), "factor": config["head_factor"]}],
                             lr=config["learning_rate"], weight_decay=config["weight_decay"], foreach=True)


def mixed(x, rng, alpha):
    """Mixup (Zhang et al. 2018): (share·x + (1−share)·x in another order, that order, share)."""
    other = torch.randperm(len(x), generator=rng)
    share = float(np.random.default_rng(int(torch.randint(2**31, (1,), generator=rng))).beta(alpha, alpha))
    return x.lerp(x[other], 1 - share), other, share


def step(model, opt, x, y, log_q, smoothing, mix=None):
    """One update; returns the loss. mix: (order, share) of mixup's second label."""
    logits = model(x) + log_q
    loss = F.cross_entropy(logits, y, label_smoothing=smoothing)
    if mix:
        other, share = mix
        loss = share * loss + (1 - share) * F.cross_entropy(logits, y[other], label_smoothing=smoothing)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.item()


def save(path, **state):
    torch.save(state, path.with_suffix(".partial"))
    path.with_suffix(".partial").rename(path)


def best_so_far(log, figure):
    """The best of a validation figure that a run which goes on has reached."""
    return max([json.loads(line).get(figure, 0) for line in log.read_text().splitlines()], default=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config")
    parser.add_argument("--data", required=True, help="folder with labels.csv and images/")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder for checkpoint.pt and log.jsonl")
    parser.add_argument("--cache", help="file with the decoded pictures, made if missing (OUT/pictures.npy)")
    parser.add_argument("--start", help="checkpoint whose weights and optimiser to begin with")
    parser.add_argument("--minutes", type=float, help="instead of the config's budget_minutes")
    args = parser.parse_args()
    config = json.loads(pathlib.Path(args.config).read_text())
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(os.cpu_count())
    torch.set_flush_denormal(True)
    torch.manual_seed(config["seed"])
    budget = 60 * (args.minutes or config["budget_minutes"])

    table = dataset.Table(args.data)
    pictures = dataset.load_pictures(table, args.cache or args.out / "pictures.npy")
    train, val = table.indices(config["split"], "train"), table.indices(config["split"], "val")
    prior = table.prior(train)
    q = shares_drawn(config, prior)
    log_q = torch.log(torch.tensor(q, dtype=torch.float32))
    height, width = config["validate_size"]
    val_pixels = dataset.inputs(table, pictures, val, width, height, 1.0)

    model = network.build(config["network"], len(q), **config.get("network_options", {})).to(memory_format=torch.channels_last)
    average = network.build(config["network"], len(q), pretrained=False).to(memory_format=torch.channels_last)
    average.load_state_dict(model.state_dict())
    opt = optimiser(model, config)
    elapsed, count, seen = 0.0, 0, 0
    last = args.out / "checkpoint.pt"
    begin = last if last.is_file() else args.start
    if begin:
        saved = torch.load(begin, map_location="cpu", weights_only=True)
        model.load_state_dict(saved["model"])
        average.load_state_dict(saved["average"])
        opt.load_state_dict(saved["optimiser"])
        if begin is last:
            elapsed, count, seen = saved["elapsed"], saved["step"], saved["seen"]
    draws = Draws(table, train, q, config["seed"] + count)
    rng = torch.Generator().manual_seed(config["seed"] + count)
    log = open(args.out / "log.jsonl", "a", buffering=1)

    losses, mark, reported = [], time.monotonic(), elapsed
    keep = config.get("keep", "macro_auc")
    best = best_so_far(args.out / "log.jsonl", keep)
    while elapsed < budget:
        progress = elapsed / budget
        stage = stage_at(config, progress)
        model.train()
        model.freeze(stage.get("frozen_blocks", 0))
        for group in opt.param_groups:
            group["lr"] = config["learning_rate"] * group["factor"] * rate(progress, config["warm_up"])
        chosen = draws.batch(config["batch"])
        x = augment.augment(rng, torch.from_numpy(pictures[chosen]), stage["size"], config["augment"])
        mix = None
        if config.get("mixup"):
            x, *mix = mixed(x, rng, config["mixup"])
        losses.append(step(model, opt, x, torch.from_numpy(table.label[chosen]), log_q, config["label_smoothing"], mix))
        count, seen = count + 1, seen + len(chosen)
        average_into(average, model, min(config["average"], count / (count + 9)))
        elapsed, mark = elapsed + time.monotonic() - mark, time.monotonic()
        if elapsed - reported > 60 * config["report_minutes"] or elapsed >= budget:
            save(last, model=model.state_dict(), average=average.state_dict(), optimiser=opt.state_dict(),
                 elapsed=elapsed, step=count, seen=seen)
            figures = validate(average, val_pixels, table.label[val], prior)
            print(json.dumps({"minutes": round(elapsed / 60, 1), "steps": count, "epochs": round(seen / len(train), 2),
                              "size": stage["size"], "loss": round(float(np.mean(losses)), 4),
                              "macro_auc": round(figures["macro_auc"], 5), "accuracy": round(figures["accuracy"], 5),
                              "validation": metrics.line(figures)}), file=log)
            if figures[keep] > best:
                best = figures[keep]
                save(args.out / "best.pt", average=average.state_dict())
            losses, reported, mark = [], elapsed, time.monotonic()


if __name__ == "__main__":
    main()
