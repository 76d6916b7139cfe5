"""What a network has learnt, and what it must not answer about: pictures of both as network inputs, and a variant's
decision.typicality from them (models/tools/typicality.py).

Its own pictures, as they are and as another device might have taken them; drawn pages, noise, empty frames; and half of the
config's foreign pictures. Inputs are made once, for all variants. Refuses test pictures.
"""
import random

import numpy as np

DEPTHS = (0.1, 0.22, 0.47)  # of the convolutions: where the statistics look, as in the packs here
MOST = {"own": 400, "varied": 200, "drawings": 200, "noise": 120, "frames": 150, "foreign": 400, "val": 1000}
FRAME_PX = 256  # photographs that are lost to blur or darkness need no more


def interior(path):
    """Names of a few feature maps, early, less early and half way."""
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    shapes = {t["index"]: (t["name"], t["shape"].tolist()) for t in interpreter.get_tensor_details()}
    maps = [shapes[int(op["outputs"][0])] for op in interpreter._get_ops_details() if op["op_name"] in ("CONV_2D", "DEPTHWISE_CONV_2D")]
    maps = [name for name, shape in maps if len(shape) == 4 and shape[1] > 1 and shape[2] > 1 and len(name) <= 1024]
    return list(dict.fromkeys(maps[round(depth * (len(maps) - 1))] for depth in DEPTHS)) if maps else []


def drawn_paths(sources, side, most, seed):
    """At most so many pictures of a side, of each source alike."""
    return [source.path(i) for source in sources for i in np.random.default_rng(seed).permutation(source.indices(side))[:most // len(sources)]]


def foreign_pictures(folder, is_fitted):
    """Half of the foreign pictures fit, by their names' digest, the others measure."""
    from models.foundry import table
    from models.tools import dataset
    return [p for p in table.pictures_under(folder) if (dataset.digest_share(p.name) < 0.5) == is_fitted]


class Inputs:
    """kinds: [(word or None, [(uint8 [n,H,W,3], weight)])], the first of which is what was learnt; val: [n,H,W,3]."""

    def __init__(self, config, sources, foreign, advance):
        from models.foundry import look
        from models.tools import outliers, prepare, varied
        pack, seed = config["pack"], config["seed"]

        def made(images):
            found = []
            for image in images:
                found.append(prepare.prepare(image, pack["width"], pack["height"], pack["fraction"]))
                advance()
            return np.stack(found)

        def opened(paths):
            return map(prepare.open_picture, paths)
        own = drawn_paths(sources, "train", MOST["own"], seed)
        some = random.Random(seed).sample(own, min(len(own), MOST["varied"]))
        devices = (varied.other_device(random.Random(f"{seed} {path.name}"), image, (0.7, 1.0)) for path, image in zip(some, opened(some)))
        photographs = list(opened(some[:40]))
        for image in photographs:
            image.thumbnail((FRAME_PX, FRAME_PX))
        self.kinds = [(pack["domain"][0], [(made(opened(own)), 1.0), (made(devices), 0.5)]),
                      (None, [(made(outliers.drawings(1, MOST["drawings"])), 1.0)]),
                      (None, [(made(outliers.noises(1, MOST["noise"])), 1.0), (made(outliers.frames(1, MOST["frames"], photographs)), 1.0)])]
        paths = foreign_pictures(foreign, True)[:MOST["foreign"]] if foreign else []
        if paths:
            self.kinds.append((None, [(made(look.opened(path)[0] for path in paths), 1.0)]))
        self.val = made(opened(drawn_paths(sources, "val", MOST["val"], seed)))

    def count(self):
        return len(self.val) + sum(len(part) for _, parts in self.kinds for part, _ in parts)


def typicality(config, path, inputs, advance):
    """(decision.typicality of a variant, None), or (None, why there is none)."""
    from models.tools import fit_typicality, runner, typicality as statistics
    pack, tensors = config["pack"], interior(path)
    if not tensors:
        return None, "the network has no feature map that statistics could be taken from"
    network = fit_typicality.Network(path, {"input": {**{k: pack[k] for k in ("mean", "std")}, "crop_fraction": pack["fraction"]}}, tensors)

    def pooled(pixels, views=1):
        found = []
        for one in pixels:
            found.append(np.mean([network.of_view(runner.turned(one[None], view)) for view in range(views)], 0, dtype=np.float32))
            advance()
        return np.stack(found)
    kinds = [(word, [(pooled(pixels), weight) for pixels, weight in parts]) for word, parts in inputs.kinds]
    fitted = statistics.fit(tensors, kinds, min(32, kinds[0][1][0][0].shape[1]))
    try:
        settled = statistics.settle(fitted, [(pooled(inputs.val, pack["views"]), config["answers"]["refused"])], 0.01)
    except ValueError as error:
        return None, str(error)
    return settled.to_json(), None
