"""Training batches: how much of each source, how often each class, pictures held in memory.

Owns the shares in which sources and classes are drawn, and the log of a source's class shares, which the loss adds to
the logits; of findings, which are drawn as they come, the weights of a batch instead; where teachers' answers are stored
(soft_labels.py), which of its views a picture is drawn in. Refuses to look at any side but `train`.
"""
import concurrent.futures

import numpy as np
import torch

from models.tools import augment, prepare

ABSENT = -30.0  # log share of a class that a source does not have: e^-30 of a probability


def class_shares(source, indices, config):
    """q [classes]: how often each class of this source is drawn; 0 where it has none."""
    q = source.prior(indices) ** config["draw_power"] * (source.prior(indices) > 0)
    for name, boost in config.get("draw_boost", {}).items():
        q[source.classes.index(name)] *= boost
    return q / q.sum()


def stored(source, indices):
    """These pictures as uint8 [n,H,W,3] of the source's "store" size: the centre crop of its shape. Of a source that says
    "grey" one channel [n,H,W,1] is held, a third of the memory."""
    height, width = source.spec["store"]
    channels = 1 if source.spec.get("grey") else 3

    def one(i):
        picture = prepare.open_picture(source.path(i))
        whole = np.asarray(picture) if picture.size == (width, height) else prepare.prepare(picture, width, height, 1.0)
        return np.ascontiguousarray(whole[..., :channels])
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return np.stack(list(pool.map(one, indices)))


class SourceDraws:
    """Endless pictures of one source: class c with share q[c], each class without replacement until it is used up.

    rows [n]: of the source's table. stored (or None): soft_labels.Stored of these rows."""
    stored = None

    def __init__(self, source, config, seed, device):
        self.table = source.table
        self.rows = indices = source.indices("train")
        self.q = class_shares(source, indices, config)
        self.rng = np.random.default_rng(seed)
        self.label = source.label[indices]
        self.pools = [np.flatnonzero(self.label == c) for c in range(len(self.q))]
        self.left = [np.empty(0, int) for _ in self.q]
        self.pixels = torch.from_numpy(stored(source, indices)).to(device)
        self.augment = {**config["augment"], **source.spec.get("augment", {})}

    def choose(self, count):
        chosen = []
        for c in self.rng.choice(len(self.q), count, p=self.q):
            if len(self.left[c]) == 0:
                self.left[c] = self.rng.permutation(self.pools[c])
            chosen.append(self.left[c][-1])
            self.left[c] = self.left[c][:-1]
        return np.array(chosen)

    def targets(self, chosen, smoothing):
        """Targets, smoothed over the classes that there are, and the log of the class shares, both [n,classes]."""
        has = (self.q > 0) / (self.q > 0).sum()
        log_q = np.where(self.q > 0, np.log(np.maximum(self.q, 1e-30)), ABSENT)
        return (1 - smoothing) * np.eye(len(self.q))[self.label[chosen]] + smoothing * has, np.tile(log_q, (len(chosen), 1))


class FindingDraws:
    """Endless pictures of one source of findings, as they come: without replacement until all are used up.

    weight [classes] of a picture that has the finding (1 of one that has not), to "weigh_power" of what makes both sides
    weigh the same: 1 is the weighing of Rajpurkar et al. 2017 (CheXNet), 0 none. Each finding's weights are then scaled to a
    mean of 1, so that a rare one is no less learnt."""
    stored = None

    def __init__(self, source, config, seed, device):
        indices = source.indices("train")
        share = source.prior(indices)
        absent = [name for name, of in zip(source.classes, share) if of == 0]
        if absent:
            raise SystemExit(f"{source.table}: no picture of the train side has {', '.join(absent)}; take it out of the config's classes")
        self.rng = np.random.default_rng(seed)
        self.label = source.target[indices].astype(np.float32)
        raised = ((1 - share) / share) ** config.get("weigh_power", 1)
        self.scale = 1 / (share * raised + 1 - share)
        self.weight = raised * self.scale
        self.left = np.empty(0, int)
        self.pixels = torch.from_numpy(stored(source, indices)).to(device)
        self.augment = {**config["augment"], **source.spec.get("augment", {})}

    def choose(self, count):
        while len(self.left) < count:
            self.left = np.concatenate([self.left, self.rng.permutation(len(self.label))])
        chosen, self.left = self.left[:count], self.left[count:]
        return chosen

    def targets(self, chosen, smoothing):
        """Targets, smoothed towards one half, and the weights of both sides, all [n,classes]."""
        target = self.label[chosen]
        return target * (1 - smoothing) + smoothing / 2, np.where(target > 0, self.weight, self.scale)


class Draws:
    """Batches over all sources, each with its "share" of them."""

    def __init__(self, sources, config, seed, device):
        self.sources = [(FindingDraws if source.reader else SourceDraws)(source, config, seed + i, device) for i, source in enumerate(sources)]
        self.share = np.array([source.spec.get("share", 1) for source in sources], float)
        self.share /= self.share.sum()
        self.smoothing, self.device = config["label_smoothing"], device
        self.size = sum(len(source.label) for source in self.sources)

    def batch(self, rng, count, size):
        """x [count,3,height,width], target [count,classes] (smoothed over the classes that its source has),
        log_q [count,classes], to be added to the logits; of findings the weights instead; and what the teachers say
        [count,classes], None where nothing is stored."""
        counts = np.floor(self.share * count).astype(int)
        counts[0] += count - counts.sum()
        x, target, log_q, said = [], [], [], []
        for source, n in zip(self.sources, counts):
            if n == 0:
                continue
            chosen = source.choose(n)
            pixels = source.pixels[torch.from_numpy(chosen).to(self.device)]
            fixed = None
            if source.stored:
                fixed, answers = source.stored.draw(source.rng, chosen)
                said.append(answers)
                fixed = fixed.to(self.device)
            x.append(augment.augment(rng, pixels.expand(-1, -1, -1, 3), size, source.augment, fixed))
            wanted, beside = source.targets(chosen, self.smoothing)
            target.append(wanted)
            log_q.append(beside)
        tensor = lambda rows: torch.from_numpy(np.concatenate(rows)).float().to(self.device)  # noqa: E731
        return torch.cat(x).contiguous(memory_format=torch.channels_last), tensor(target), tensor(log_q), tensor(said) if said else None
