"""Writes the page bench's larger networks as .tflite, float32 and int8 with float32
at both ends, each with its pack, picture and expected output in a folder of its own:

    python tests/bench/make_page_models.py OUT_DIR

EfficientNet-Lite0 (Tan and Le 2019, the Lite form) and torchvision's DenseNet121,
with seeded random weights. MobileNetV2, which every engine reads, is make_models.py's.
"""

import argparse
import pathlib

import torch

import make_models
import make_native_models


def efficientnet_lite0():
    from efficientnet_lite_pytorch import EfficientNet
    return EfficientNet.from_name('efficientnet-lite0')


def networks():
    from torchvision import models
    return {'efficientnet_lite0': ('EfficientNet-Lite0', efficientnet_lite0), 'densenet121': ('DenseNet121', models.densenet121)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out_dir', type=pathlib.Path)
    out_dir = parser.parse_args().out_dir
    for stem, (name, make) in networks().items():
        folder = out_dir / stem
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(make_native_models.SEED)
        calibration = make_models.to_input(make_models.pictures(make_native_models.NUM_CALIBRATION, make_models.SEED + 3))
        network = make_native_models.Nhwc(make_native_models.settle(make(), calibration)).eval()
        rgb = make_models.pictures(1, make_models.SEED + 4)
        x = make_models.to_input(rgb)
        with torch.no_grad():
            want = network(x)[0].numpy()
        tflite = make_models.write_tflite(network, folder, calibration, f'{stem}_224')
        make_models.check_files(tflite, [], x.numpy(), want)
        make_models.write_rest(folder, tflite, rgb, want, f'{name}-224')


if __name__ == '__main__':
    main()
