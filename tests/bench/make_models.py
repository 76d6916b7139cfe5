"""Writes one MobileNetV2-224 in every format that the bench's engines read.

Owns: the network as a list of layers with seeded weights (batch normalisation
folded in after a pass over seeded pictures, so activations have the ranges of
a real network), and its files: float32 and int8 .tflite, float32 and int8
(QDQ) ONNX, a TensorFlow.js graph model, and an input with the outputs expected
of it. Refuses to leave files behind that disagree: every file that Python can
run is run and compared with the float32 network before the program ends.

    python tests/bench/make_models.py OUT_DIR

int8 files keep float32 at both ends: LiteRT.js refuses int8 tensors there.
Sandler et al., MobileNetV2, CVPR 2018, table 2; padding as TensorFlow's SAME.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

SEED = 20180113
SIDE_PX = 224
NUM_CLASSES = 1000
NUM_CALIBRATION = 64
MAX_DIFFERENCE_FLOAT32 = 1e-3  # of the logits' deviation; measured 6e-6
MIN_CORRELATION_INT8 = 0.9     # measured 0.94 (.tflite) and 0.98 (ONNX)
# expansion, channels, repeats, stride: the paper's table 2
BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
          (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


@dataclass
class Layer:
    """A convolution with its bias; weights [out, in/groups, k, k]."""
    name: str
    weight: torch.Tensor
    bias: torch.Tensor
    stride: int = 1
    depthwise: bool = False
    relu6: bool = True
    keep: bool = False   # remember the input of this layer for `add`
    add: bool = False    # add the remembered tensor to the output

    def pads(self, side_px):
        """(before, after) as TensorFlow's SAME."""
        kernel = self.weight.shape[2]
        out = -(-side_px // self.stride)
        total = max((out - 1) * self.stride + kernel - side_px, 0)
        return total // 2, total - total // 2


def conv(x, layer):
    before, after = layer.pads(x.shape[2])
    if before == after:
        padding = before
    else:
        x, padding = functional.pad(x, (before, after, before, after)), 0
    groups = x.shape[1] if layer.depthwise else 1
    return functional.conv2d(x, layer.weight, layer.bias, layer.stride, padding, 1, groups)


def make_layers():
    generator = torch.Generator().manual_seed(SEED)
    layers = []

    def add_layer(name, inputs, outputs, kernel, **options):
        fan_in = kernel * kernel * (1 if options.get('depthwise') else inputs)
        shape = (outputs, 1 if options.get('depthwise') else inputs, kernel, kernel)
        weight = torch.randn(shape, generator=generator) * (2.0 / fan_in) ** 0.5
        if options.get('depthwise'):
            weight = weight / 4 + 1 / fan_in  # a blur with noise: keeps low frequencies, as trained filters do
        layers.append(Layer(name, weight, torch.zeros(outputs), **options))

    add_layer('stem', 3, 32, 3, stride=2)
    channels = 32
    for index, (expansion, outputs, repeats, first_stride) in enumerate(BLOCKS):
        for repeat in range(repeats):
            name, stride = f'block{index}_{repeat}', first_stride if repeat == 0 else 1
            residual = stride == 1 and channels == outputs
            hidden = channels * expansion
            if expansion != 1:
                add_layer(f'{name}_expand', channels, hidden, 1, keep=residual)
            add_layer(f'{name}_depthwise', hidden, hidden, 3, stride=stride, depthwise=True)
            add_layer(f'{name}_project', hidden, outputs, 1, relu6=False, add=residual)
            channels = outputs
    add_layer('head', channels, 1280, 1)
    return layers


def run_layers(x, layers, normalise=False):
    """x [N,3,H,W]. `normalise` folds each layer's batch statistics into it,
    which is what training's batch normalisation leaves behind."""
    kept = None
    for layer in layers:
        if layer.keep:
            kept = x
        y = conv(x, layer)
        if normalise:
            mean, std = y.mean((0, 2, 3)), y.std((0, 2, 3)) + 1e-3
            layer.weight, layer.bias = layer.weight / std.view(-1, 1, 1, 1), (layer.bias - mean) / std
            y = conv(x, layer)
        if layer.relu6:
            y = y.clamp(0, 6)
        x = y + kept if layer.add else y
    return functional.adaptive_avg_pool2d(x, 1).flatten(1)


class Network(nn.Module):
    """NHWC in, logits out."""

    def __init__(self, layers, weight, bias):
        super().__init__()
        self.layers, self.weight, self.bias = layers, nn.Parameter(weight), nn.Parameter(bias)
        for layer in layers:
            layer.weight, layer.bias = nn.Parameter(layer.weight), nn.Parameter(layer.bias)
            self.register_parameter(f'{layer.name}_weight', layer.weight)
            self.register_parameter(f'{layer.name}_bias', layer.bias)

    def forward(self, x):
        return functional.linear(run_layers(x.permute(0, 3, 1, 2), self.layers), self.weight, self.bias)


def pictures(count, seed):
    """Seeded colour fields, [N,H,W,3], strongest in low frequencies:
    from white noise all pictures would have the same features after the mean.
    Returned as u8 pixels: the engines are given what a camera gives."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.zeros(count, 3, SIDE_PX, SIDE_PX)
    for side, strength in ((1, 0.5), (2, 0.4), (7, 0.2), (28, 0.1)):
        noise = torch.randn(count, 3, side, side, generator=generator)
        x += functional.interpolate(noise, (SIDE_PX, SIDE_PX), mode='bilinear') * strength
    return ((x.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def to_input(rgb):
    """[N,H,W,3] u8 to the network's input."""
    return (rgb.float() / 255 - 0.5) / 0.5


def make_network():
    layers = make_layers()
    with torch.no_grad():
        features = run_layers(to_input(pictures(16, SEED + 1)).permute(0, 3, 1, 2), layers, normalise=True)
        generator = torch.Generator().manual_seed(SEED + 2)
        weight = torch.randn(NUM_CLASSES, features.shape[1], generator=generator)
        # pictures differ little in their features' means: scale what differs
        weight /= (features - features.mean(0)).norm(dim=1).mean() / 3
        bias = -(features.mean(0) @ weight.T)
    return Network(layers, weight, bias).eval()


def write_tflite(network, out_dir, calibration, stem):
    import litert_torch
    from ai_edge_quantizer import quantizer, recipe, qtyping
    from ai_edge_quantizer.algorithm_manager import AlgorithmName

    float_path = out_dir / f'{stem}_float32.tflite'
    litert_torch.convert(network, (torch.zeros(1, SIDE_PX, SIDE_PX, 3),)).export(str(float_path))
    quant = quantizer.Quantizer(str(float_path), recipe.static_wi8_ai8())
    for end in (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT):
        quant.update_quantization_recipe('.*', end, algorithm_key=AlgorithmName.NO_QUANTIZE)
    signature = {'serving_default': [{'args_0': x[None].numpy()} for x in calibration]}
    int8_path = out_dir / f'{stem}_int8.tflite'
    int8_path.unlink(missing_ok=True)
    quant.quantize(quant.calibrate(signature)).export_model(str(int8_path))
    return float_path, int8_path


def write_onnx(network, out_dir, calibration):
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime import quantization

    nodes, weights = [], []

    def weight(name, value):
        weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    weight('relu6_low', np.float32(0)), weight('relu6_high', np.float32(6))
    x, kept, side = 'input', None, SIDE_PX
    for layer in network.layers:
        kept = x if layer.keep else kept
        before, after = layer.pads(side)
        side = -(-side // layer.stride)
        nodes.append(helper.make_node(
            'Conv', [x, weight(layer.name + '_w', layer.weight.detach().numpy()),
                     weight(layer.name + '_b', layer.bias.detach().numpy())], [layer.name],
            name=layer.name, pads=[before, before, after, after], strides=[layer.stride] * 2,
            kernel_shape=list(layer.weight.shape[2:]),
            group=layer.weight.shape[0] if layer.depthwise else 1))
        x = layer.name
        if layer.relu6:
            nodes.append(helper.make_node('Clip', [x, 'relu6_low', 'relu6_high'], [x + '_relu6'], name=x + '_relu6'))
            x += '_relu6'
        if layer.add:
            nodes.append(helper.make_node('Add', [x, kept], [x + '_add'], name=x + '_add'))
            x += '_add'
    nodes += [helper.make_node('GlobalAveragePool', [x], ['pooled'], name='pooled'),
              helper.make_node('Flatten', ['pooled'], ['features'], name='features'),
              helper.make_node('Gemm', ['features', weight('logits_w', network.weight.detach().numpy()),
                                        weight('logits_b', network.bias.detach().numpy())],
                               ['logits'], name='logits', transB=1)]
    graph = helper.make_graph(
        nodes, 'mobilenet_v2',
        [helper.make_tensor_value_info('input', TensorProto.FLOAT, [1, 3, SIDE_PX, SIDE_PX])],
        [helper.make_tensor_value_info('logits', TensorProto.FLOAT, [1, NUM_CLASSES])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    onnx.checker.check_model(model)
    float_path = out_dir / 'mobilenet_v2_224_float32.onnx'
    onnx.save(model, float_path)

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.rows = iter(calibration)

        def get_next(self):
            row = next(self.rows, None)
            return None if row is None else {'input': row.permute(2, 0, 1)[None].numpy()}

    int8_path = out_dir / 'mobilenet_v2_224_int8.onnx'
    quantization.quantize_static(
        float_path, int8_path, Reader(), quant_format=quantization.QuantFormat.QDQ, per_channel=True,
        activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8)
    return float_path, int8_path


def write_tfjs(network, out_dir):
    """The graph that tensorflowjs_converter writes after its fusions, without
    TensorFlow: nodes of a GraphDef in JSON, and the weights behind each other."""
    nodes, manifest, blobs = [], [], []
    text = lambda value: base64.b64encode(value.encode()).decode()
    shape_of = lambda shape: {'dim': [{'size': str(side)} for side in shape]}

    def const(name, value):
        value = np.ascontiguousarray(value)
        kind, dtype = ('DT_INT32', 'int32') if value.dtype == np.int32 else ('DT_FLOAT', 'float32')
        nodes.append({'name': name, 'op': 'Const', 'attr': {
            'dtype': {'type': kind},
            'value': {'tensor': {'dtype': kind, 'tensorShape': shape_of(value.shape)}}}})
        manifest.append({'name': name, 'shape': list(value.shape), 'dtype': dtype})
        blobs.append(value.tobytes())
        return name

    def node(name, op, inputs, **attributes):
        nodes.append({'name': name, 'op': op, 'input': inputs,
                      'attr': {'T': {'type': 'DT_FLOAT'}, **attributes}})
        return name

    def fused(relu6):
        steps = ['BiasAdd'] + (['Relu6'] if relu6 else [])
        return {'fused_ops': {'list': {'s': [text(step) for step in steps]}}, 'num_args': {'i': '1'},
                'epsilon': {'f': 0.0}}

    nodes.append({'name': 'input', 'op': 'Placeholder', 'attr': {
        'dtype': {'type': 'DT_FLOAT'}, 'shape': {'shape': shape_of((1, SIDE_PX, SIDE_PX, 3))}}})
    x, kept = 'input', None
    for layer in network.layers:
        kept = x if layer.keep else kept
        w = layer.weight.detach().numpy()
        w = w.transpose(2, 3, 0, 1) if layer.depthwise else w.transpose(2, 3, 1, 0)
        stride = str(layer.stride)
        x = node(layer.name, 'FusedDepthwiseConv2dNative' if layer.depthwise else '_FusedConv2D',
                 [x, const(layer.name + '_w', w), const(layer.name + '_b', layer.bias.detach().numpy())],
                 strides={'list': {'i': ['1', stride, stride, '1']}}, padding={'s': text('SAME')},
                 dilations={'list': {'i': ['1', '1', '1', '1']}}, data_format={'s': text('NHWC')},
                 explicit_paddings={'list': {}}, **fused(layer.relu6))
        if layer.add:
            x = node(x + '_add', 'AddV2', [x, kept])
    x = node('pooled', 'Mean', [x, const('pooled_axes', np.array([1, 2], np.int32))],
             keep_dims={'b': False}, Tidx={'type': 'DT_INT32'})
    node('logits', '_FusedMatMul', [x, const('logits_w', network.weight.detach().numpy().T),
                                    const('logits_b', network.bias.detach().numpy())],
         transpose_a={'b': False}, transpose_b={'b': False}, **fused(False))
    tensor = lambda name, shape: {'name': name + ':0', 'dtype': 'DT_FLOAT', 'tensorShape': shape_of(shape)}
    folder = out_dir / 'mobilenet_v2_224_tfjs'
    folder.mkdir(exist_ok=True)
    (folder / 'weights.bin').write_bytes(b''.join(blobs))
    (folder / 'model.json').write_text(json.dumps({
        'format': 'graph-model', 'generatedBy': 'tests/bench/make_models.py', 'convertedBy': None,
        'signature': {'inputs': {'input': tensor('input', (1, SIDE_PX, SIDE_PX, 3))},
                      'outputs': {'logits': tensor('logits', (1, NUM_CLASSES))}},
        'modelTopology': {'node': nodes, 'library': {}, 'versions': {'producer': 1882}},
        'weightsManifest': [{'paths': ['weights.bin'], 'weights': manifest}]}))


def write_pack(out_dir, tflite, temperature, name):
    """The pack that our page needs. Its temperature is the logits' deviation,
    so that no probability is too small for its printed digits. Its thousand
    classes say no more than they must: the peers have no texts to read."""
    variants = [{'name': name, 'precision': name, 'file': path.name, 'bytes': path.stat().st_size,
                 'sha256': hashlib.sha256(path.read_bytes()).hexdigest()}
                for name, path in zip(('float32', 'int8'), tflite)]
    share = 1 / NUM_CLASSES
    (out_dir / 'pack.json').write_text(json.dumps({
        'format': 1, 'id': 'bench', 'version': '1.0.0', 'name': f'{name}, seeded weights',
        'task': 'multiclass', 'intended_use': 'Timing.', 'not_for': 'Anything else.', 'notices': [],
        'licence': {'weights': 'Apache-2.0', 'data': 'none', 'source': 'make_models.py'}, 'card': 'card.md',
        'input': {'width': SIDE_PX, 'height': SIDE_PX, 'crop_fraction': 1.0, 'mean': [0.5] * 3, 'std': [0.5] * 3},
        'output': 'logits',
        'classes': [{'id': f'c{i}', 'label': str(i), 'text': '-', 'advice': '-'} for i in range(NUM_CLASSES)],
        'calibration': {'temperature': temperature, 'score_prior': 'uniform', 'default_prior': 'uniform',
                        'training_prior': [share] * NUM_CLASSES},
        'default_variant': 'float32', 'variants': variants, 'selftest': []}, separators=(',', ':')))


def check(name, got, want):
    """float32: the largest difference in units of the logits' deviation.
    int8: correlation, since rounding moves every logit a little."""
    difference = float(np.abs(got - want).max() / want.std())
    correlation = float(np.corrcoef(got, want)[0, 1])
    print(f'{name}: largest difference {difference:.1e}, correlation {correlation:.4f}')
    if correlation < MIN_CORRELATION_INT8 or ('int8' not in name and difference > MAX_DIFFERENCE_FLOAT32):
        sys.exit(f'{name} computes another function than the network')


def check_files(tflite, onnx_paths, x, want):
    import onnxruntime
    from ai_edge_litert.interpreter import Interpreter

    for path in tflite:
        interpreter = Interpreter(str(path))
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]['index'], x)
        interpreter.invoke()
        check(path.name, interpreter.get_tensor(interpreter.get_output_details()[0]['index'])[0], want)
    # Unfused: on x86 without dot products its fused int8 kernels saturate.
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    for path in onnx_paths:
        session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
        check(path.name, session.run(None, {'input': x.transpose(0, 3, 1, 2).copy()})[0][0], want)


def write_rest(out_dir, tflite, rgb, want, name):
    """The pack, the picture and what is expected of it."""
    temperature = round(float(want.std()), 3)
    write_pack(out_dir, tflite, temperature, name)
    (out_dir / 'input.rgb').write_bytes(rgb.numpy().tobytes())
    # written last: its presence says that the folder is complete
    (out_dir / 'expected.json').write_text(json.dumps({
        'network': name, 'temperature': temperature, 'logits': want.tolist(),
        'max_difference_float32': MAX_DIFFERENCE_FLOAT32, 'min_correlation_int8': MIN_CORRELATION_INT8}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out_dir', type=pathlib.Path)
    out_dir = parser.parse_args().out_dir
    out_dir.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    network, calibration = make_network(), to_input(pictures(NUM_CALIBRATION, SEED + 3))
    rgb = pictures(1, SEED + 4)
    x = to_input(rgb)
    with torch.no_grad():
        want = network(x)[0].numpy()
    tflite = write_tflite(network, out_dir, calibration, 'mobilenet_v2_224')
    onnx_paths = write_onnx(network, out_dir, calibration)
    write_tfjs(network, out_dir)
    check_files(tflite, onnx_paths, x.numpy(), want)
    write_rest(out_dir, tflite, rgb, want, 'MobileNetV2-224')


if __name__ == '__main__':
    main()
