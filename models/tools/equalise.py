"""Float32 .tflite → one that computes the same, of which int8 loses less: cross-layer equalisation (Nagel et al. 2019, §4.1).

Where one layer alone reads another's channels, each channel may be multiplied by a factor before and divided by it after, as
ReLU keeps factors. int8 has one scale for all channels of an activation, so small ones get few of its 256 steps; weights have a
scale for each filter here, so that of that paper's two ranges the first is the activation's, as the calibration pictures have
it, and the second what the next layer's filters hold of the channel. ReLU6 stops at 6: no factor brings a channel's largest
value above it, and a channel that reaches it keeps its own.
"""
import numpy as np

from models.tools import layers
from models.tools.layers import ACTIVATION, OPERATOR

HOMOGENEOUS = (OPERATOR.MAX_POOL_2D, OPERATOR.AVERAGE_POOL_2D, OPERATOR.MEAN, OPERATOR.PAD, OPERATOR.RESHAPE)  # a channel's factor passes them
KEEPING = (ACTIVATION.NONE, ACTIVATION.RELU, ACTIVATION.RELU6)
SIX, MOST = 6.0, 64.0  # MOST: a factor's limit, so that a channel that is all but dead stays so


def next_layer(network, operator):
    """The only layer that reads this one's channels, or None."""
    index, channels = int(operator.outputs[0]), network.shape(operator.outputs[0])[-1]
    while True:
        readers = network.consumers.get(index, [])
        if len(readers) != 1 or index in [int(out) for out in network.graph.outputs]:
            return None
        reader = readers[0]
        if reader in network.layers:
            return reader if reader.inputs[0] == index and network.shape(reader.inputs[1])[-1] == network.shape(index)[-1] == channels else None
        shape = network.shape(reader.outputs[0])
        if network.code(reader) not in HOMOGENEOUS or shape[-1] != channels or getattr(reader.builtinOptions, "fusedActivationFunction", 0):
            return None
        if network.code(reader) == OPERATOR.RESHAPE and np.prod(shape) != channels:
            return None
        index = int(reader.outputs[0])


def share_of_filters(network, operator):
    """[C]: the most of any filter's range that it needs for a channel; of depthwise filters, which have a range each, 1."""
    weights = np.abs(network.values(operator.inputs[1]))
    if network.code(operator) == OPERATOR.DEPTHWISE_CONV_2D:
        return np.ones(weights.shape[-1])
    by_filter = weights.reshape(len(weights), -1, weights.shape[-1])
    whole = by_filter.max((1, 2), keepdims=True)
    return np.divide(by_filter, whole, out=np.zeros_like(by_filter), where=whole > 0).max((0, 1))


def factors(largest, share, six):
    """[C] of one pair: largest [C], share [C] as above; six: whether the activation stops at 6."""
    live = (largest > 1e-6) & (share > 1e-6)
    made = np.ones(len(largest))
    if not live.any():
        return made
    made[live] = np.sqrt(share[live] / largest[live])  # both ranges then are the root of their product
    made[live] *= largest.max() / (largest * made)[live].max()
    made = np.clip(made, 1 / MOST, MOST)
    if six:
        made = np.where(largest >= 0.999 * SIX, 1, np.minimum(made, SIX / np.maximum(largest, 1e-6)))
    return np.where(live, made, 1)


def equalise(source, target, samples):
    """Writes `target`; samples: normalised training pictures. -> how many pairs of layers it found"""
    largest, _ = layers.flows(source, samples)
    network, pairs = layers.Network(source), 0
    for operator in network.layers:
        activation, after = operator.builtinOptions.fusedActivationFunction, next_layer(network, operator)
        if after is None or activation not in KEEPING:
            continue
        by = factors(largest[network.name(operator.outputs[0])], share_of_filters(network, after), activation == ACTIVATION.RELU6)
        weights = network.values(operator.inputs[1])
        along = [1] * weights.ndim
        along[layers.OUT_AXIS[network.code(operator)]] = -1
        network.replace(operator.inputs[1], weights * by.reshape(along))
        network.replace(operator.inputs[2], network.values(operator.inputs[2]) * by)
        network.replace(after.inputs[1], network.values(after.inputs[1]) / by)
        pairs += 1
    network.write(target)
    return pairs
