"""int8 .tflite → the same with biases that undo what rounding shifted: empirical bias correction (Nagel et al. 2019, §4.2, D).

Rounded weights, and activations cut off at their range's end, move the mean of a channel's sums; the next layer takes that for a
signal. From the first layer to the last the mean over training pictures is brought back to float32's, each layer after those
before it have been. Sums are linear, so means of what goes in suffice, whatever activation follows. Changes nothing but biases.
"""
import numpy as np

from models.tools import layers

PICTURES = 40  # a channel's mean is over pictures and places; each layer runs them anew


def correct(whole, source, target, samples, advance=lambda: None):
    """whole: the float32 file that `source` was quantised from; writes `target`. -> how many layers it corrected"""
    _, wanted = layers.flows(whole, samples)
    float_network, network = layers.Network(whole), layers.Network(source)
    float_layers = {float_network.name(operator.outputs[0]): operator for operator in float_network.layers}
    corrected = 0
    network.write(target)
    for operator in network.layers:
        before = float_layers.get(network.name(operator.outputs[0]))
        if before is not None:
            name = network.name(operator.inputs[0])
            _, found = layers.flows(target, samples, name)
            now = layers.mean_output(network, operator, found[name], network.values(operator.inputs[1]))
            right = layers.mean_output(float_network, before, wanted[float_network.name(before.inputs[0])], float_network.values(before.inputs[1]))
            bias, scales, limits = float_network.values(before.inputs[2]) + right - now, network.scales(operator.inputs[2]), np.iinfo(np.int32)
            steps = np.divide(bias, scales, out=network.stored(operator.inputs[2]).astype(np.float64), where=scales > 0)  # a filter of zeros has no scale
            network.replace(operator.inputs[2], np.clip(np.round(steps), limits.min, limits.max))
            network.write(target)
            corrected += 1
        advance()
    return corrected
