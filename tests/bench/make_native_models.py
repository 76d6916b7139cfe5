"""Writes the networks of the native bench as .tflite, float32 and int8, with
seeded random weights:

    python tests/bench/make_native_models.py OUT_DIR

MobileNetV2 is make_models.py's; these are torchvision's ResNet50 and
EfficientNet-B0, and a plain network of convolutions and pools.
"""

import argparse
import pathlib

import torch
from torch import nn

SIDE_PX = 224
SEED = 12
NUM_CALIBRATION = 8


def plain():
    """Eleven convolutions 3x3, as networks were before they had branches."""
    layers, inputs = [], 3
    for outputs, repeats in ((32, 1), (64, 2), (128, 2), (256, 3), (256, 3)):
        for _ in range(repeats):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 1000))


def networks():
    from torchvision import models
    return {'resnet50': models.resnet50, 'efficientnet_b0': models.efficientnet_b0, 'plain_cnn': plain}


class Nhwc(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x.permute(0, 3, 1, 2))


def settle(network, x):
    """Batch statistics of the pictures, so that no activation grows without
    end or becomes a denormal number, which processors compute slowly."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None  # the mean over all that was seen
        elif isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
    network.train()
    with torch.no_grad():
        network(x.permute(0, 3, 1, 2))
    return network.eval()


def write(name, network, calibration, out_dir):
    import litert_torch
    from ai_edge_quantizer import quantizer, recipe

    float_path, int8_path = (out_dir / f'{name}_224_{precision}.tflite' for precision in ('float32', 'int8'))
    litert_torch.convert(Nhwc(network).eval(), (torch.zeros(1, SIDE_PX, SIDE_PX, 3),)).export(str(float_path))
    quant = quantizer.Quantizer(str(float_path), recipe.static_wi8_ai8())
    int8_path.unlink(missing_ok=True)
    signature = {'serving_default': [{'args_0': x[None].numpy()} for x in calibration]}
    quant.quantize(quant.calibrate(signature)).export_model(str(int8_path))
    print(float_path.stat().st_size, int8_path.stat().st_size, name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out_dir', type=pathlib.Path)
    out_dir = parser.parse_args().out_dir
    out_dir.mkdir(parents=True, exist_ok=True)
    for name, make in networks().items():
        torch.manual_seed(SEED)
        x = torch.rand(NUM_CALIBRATION, SIDE_PX, SIDE_PX, 3) * 2 - 1
        write(name, settle(make(), x), x, out_dir)


if __name__ == '__main__':
    main()
