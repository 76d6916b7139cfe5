"""Every operator of a file by itself, on the tensors that LiteRT's interpreter gives it, beside what that makes of them:

    python tests/conformance/operators.py NETWORK.tflite PICTURES.npy [--command build/insitu] [--picture 0] [--kernels BUILTIN]

So that what one operator rounds elsewhere is seen before a network has enlarged it. Differences of quantised outputs are in
steps. --kernels: BUILTIN (as LiteRT comes, with XNNPACK), BUILTIN_WITHOUT_DEFAULT_DELEGATES or BUILTIN_REF.
"""
import argparse
import collections
import copy
import pathlib
import shlex
import subprocess
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from compare import quantised

NAMES = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}


def alone(model, operator):
    """A model of one operator, as bytes, and which of the whole one's tensors it is given."""
    graph = model.subgraphs[0]
    one, part, places = schema.ModelT(), schema.SubGraphT(), {}
    one.version, one.operatorCodes, one.subgraphs, one.buffers = 3, [model.operatorCodes[operator.opcodeIndex]], [part], [schema.BufferT()]
    part.tensors = []
    for index in [*operator.inputs, *operator.outputs]:
        if index < 0 or index in places:
            continue
        tensor = copy.copy(graph.tensors[index])
        data, tensor.buffer, tensor.shapeSignature = model.buffers[tensor.buffer].data, 0, None
        if data is not None and len(data):
            one.buffers.append(schema.BufferT())
            one.buffers[-1].data, tensor.buffer = data, len(one.buffers) - 1
        places[index] = len(part.tensors)
        part.tensors.append(tensor)
    node = copy.copy(operator)
    node.opcodeIndex, node.inputs, node.outputs = 0, [places.get(i, -1) for i in operator.inputs], [places[i] for i in operator.outputs]
    given = [i for i in dict.fromkeys(operator.inputs) if i >= 0 and part.tensors[places[i]].buffer == 0]
    part.operators, part.inputs, part.outputs = [node], [places[i] for i in given], node.outputs
    builder = flatbuffers.Builder(1024)
    builder.Finish(one.Pack(builder), b'TFL3')
    return bytes(builder.Output()), given


def run_alone(command, content, given, interpreter, num_outputs, folder):
    (folder / 'one.tflite').write_bytes(content)
    words = [*command, 'run', folder / 'one.tflite']
    for i, index in enumerate(given):
        np.save(folder / f'in{i}.npy', interpreter.get_tensor(index))
        words += ['--in', folder / f'in{i}.npy']
    for i in range(num_outputs):
        words += ['--out', folder / f'out{i}.npy']
    done = subprocess.run(words, capture_output=True, text=True)
    return None if done.returncode else np.load(folder / 'out0.npy').astype(np.float64), done.stderr.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('network', type=pathlib.Path)
    parser.add_argument('pictures', type=pathlib.Path)
    parser.add_argument('--command', type=shlex.split, default=['build/insitu'])
    parser.add_argument('--picture', type=int, default=0)
    parser.add_argument('--kernels', default='BUILTIN')
    options = parser.parse_args()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(options.network.read_bytes(), 0))
    interpreter = Interpreter(str(options.network), num_threads=1, experimental_preserve_all_tensors=True,
                              experimental_op_resolver_type=OpResolverType[options.kernels])
    interpreter.allocate_tensors()
    detail = interpreter.get_input_details()[0]
    interpreter.set_tensor(detail['index'], quantised(detail, np.load(options.pictures)[options.picture][None]))
    interpreter.invoke()
    found = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for index, operator in enumerate(model.subgraphs[0].operators):
            code = model.operatorCodes[operator.opcodeIndex]
            name = NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)]
            content, given = alone(model, operator)
            ours, why = run_alone(options.command, content, given, interpreter, len(operator.outputs), pathlib.Path(folder))
            if ours is None:
                print(f'operator {index} ({name}) does not run alone: {why[:150]}')
                continue
            difference = np.abs(ours - interpreter.get_tensor(operator.outputs[0]).astype(np.float64))
            found[name].append((float(difference.max()), float((difference > 0).mean()), index))
    for name, each in found.items():
        worst = max(each)
        print(f'{name:24} {len(each):4}: differs by {worst[0]:g} at most (operator {worst[2]}), in {np.mean([share for _, share, _ in each]):.3%} of outputs')


if __name__ == '__main__':
    main()
