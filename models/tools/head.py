"""Fits the last layer alone, on what the network before it says of each picture once: seconds on one core.

A config's "head_only": {"strengths": [...]} asks models.tools.train for it. The network before the last layer stays as ImageNet made
it, so that a few hundred pictures cannot be learnt by heart; the layer is a logistic regression on its features, standardised,
with a ridge of 1/strength. Validation chooses the strength by the config's "keep". Training pictures are seen as the core
prepares them, and mirrored where the config's augment mirrors them. Classes weigh as training by steps draws them
(draw.class_shares), and the log of those shares is taken out of the logits in the same way.
"""
import json

import numpy as np
import torch
from torch.nn import functional as F

from models.tools import draw


@torch.no_grad()
def features(model, pixels):
    """What the last layer is given, float32 [n,d]; pixels: uint8 [n,H,W,3]."""
    model.eval()
    given = []
    hook = model.head().register_forward_pre_hook(lambda layer, inputs: given.append(inputs[0].float().cpu()))
    device = next(model.parameters()).device
    for i in range(0, len(pixels), 32):
        x = torch.from_numpy(np.ascontiguousarray(pixels[i:i + 32])).to(device).permute(0, 3, 1, 2).float() / 255
        model(x.contiguous(memory_format=torch.channels_last))
    hook.remove()
    return torch.cat(given)


def fit(x, label, weight, log_q, strength):
    """(weight [classes,d], bias [classes]) of the logistic regression, for features as they come."""
    x, mean, spread = x.double(), x.double().mean(0), x.double().std(0) + 1e-6
    x, label, weight, log_q = (x - mean) / spread, torch.as_tensor(label), torch.as_tensor(weight).double(), torch.as_tensor(log_q).double()
    w = torch.zeros(len(log_q), x.shape[1], dtype=torch.float64, requires_grad=True)
    b = torch.zeros(len(log_q), dtype=torch.float64, requires_grad=True)
    solver = torch.optim.LBFGS([w, b], max_iter=300, line_search_fn="strong_wolfe")

    def loss():
        solver.zero_grad()
        each = F.cross_entropy(x @ w.T + b + log_q, label, reduction="none")
        total = strength * (each * weight).sum() + 0.5 * (w * w).sum()
        total.backward()
        return total
    solver.step(loss)
    w, b = w.detach() / spread, b.detach()
    return w.float(), (b - w @ mean).float()


def train(config, model, sources, watch, out, save):
    """Writes OUT/best.pt (save(path, state)) and a line of OUT/log.jsonl for each strength."""
    if len(sources) > 1 or sources[0].reader:
        raise SystemExit("the config's head_only takes one source with one label a picture; leave it out to train by steps")
    source, (height, width) = sources[0], config["validate_size"]
    rows = source.indices("train")
    label, prior, q = source.label[rows], source.prior(rows), draw.class_shares(source, rows, config)
    if (prior == 0).any():
        raise SystemExit(f"{source.table}: no picture of the train side is {source.classes[int(prior.argmin())]}; take it out of the config's classes")
    pixels = source.inputs(rows, width, height, 1.0)
    seen = [features(model, pixels)] + ([features(model, pixels[:, :, ::-1])] if config["augment"].get("mirror") else [])
    x, label = torch.cat(seen), np.tile(label, len(seen))
    best = -1.0
    with open(out / "log.jsonl", "w", encoding="utf-8") as log:
        for strength in config["head_only"]["strengths"]:
            weight, bias = fit(x, label, (q / prior)[label] / len(seen), np.log(q), strength)
            with torch.no_grad():
                model.head().weight.copy_(weight)
                model.head().bias.copy_(bias)
            figures, kept = watch.figures(model)
            print(json.dumps({"strength": strength, "kept": round(kept, 5), "validation": figures}), file=log, flush=True)
            if kept > best:
                best = kept
                save(out / "best.pt", {key: value.clone() for key, value in model.state_dict().items()})
