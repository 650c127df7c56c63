"""Prints the index of the highest output of a Keras or ONNX model for each image, as JSON.

Arguments: model, images as bytes, height, width, channels, scale, offset. The images are in the orientation, pixels, and shape
that the import found.
"""

import glob
import json
import os
import sys
import tempfile
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np


def onnx_outputs(file, x):
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    session = onnxruntime.InferenceSession(file)
    input = session.get_inputs()[0]
    height, width, channels = x.shape[1:]
    rank = len(input.shape)
    if rank == 4 and input.shape[1] == channels:
        x = x.transpose(0, 3, 1, 2)
    if rank < 4:
        x = x.reshape((-1, height, width)[:rank] if rank == 3 else (len(x), -1))
    x = x.astype({"tensor(double)": np.float64, "tensor(float16)": np.float16}.get(input.type, np.float32))
    batch = input.shape[0] if isinstance(input.shape[0], int) else len(x)
    return np.concatenate([session.run(None, {input.name: x[i : i + batch]})[0] for i in range(0, len(x), batch)])


def keras_outputs(file, x):
    import keras

    try:
        model = keras.models.load_model(file, compile=False)
    except Exception:
        model = old_model(file)
    shape = model.input_shape[1:]
    if len(shape) == 3 and shape[0] == x.shape[3] and shape[2] != x.shape[3]:
        x = x.transpose(0, 3, 1, 2)
    return model.predict(x.reshape((-1,) + tuple(shape)), verbose=0)


def old_model(file):
    """A sequential model of Keras 1 or 2 that Keras 3 refuses to load, or the JSON of one with its weights beside it."""
    import h5py
    from keras.src.legacy.saving.saving_utils import model_from_config

    weights = file
    backend = None
    if os.path.isdir(file):
        [weights] = glob.glob(f"{file}/*.h5")
        [file] = glob.glob(f"{file}/*.json")
    if file.endswith(".keras"):
        archive = zipfile.ZipFile(file)
        text = archive.read("config.json")
        weights = archive.extract("model.weights.h5", tempfile.mkdtemp())
    elif file.endswith(".json"):
        with open(file) as opened:
            text = opened.read()
    else:
        attributes = h5py.File(file).attrs
        text = attributes["model_config"]
        backend = attributes.get("backend")
    model = model_from_config(with_input_layer(without_modules(json.loads(text))))
    model.load_weights(weights)
    # Theano flips kernels, as the mathematical convolution does.
    for layer in model.layers if backend == "theano" else []:
        if "Conv" in type(layer).__name__:
            kernel, *bias = layer.get_weights()
            layer.set_weights([kernel[::-1, ::-1], *bias])
    return model


def without_modules(value):
    """The JSON of Keras 2.12 and later in the form of older versions."""
    if isinstance(value, list):
        return [without_modules(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "module" in value:
        value = {"class_name": value["class_name"], "config": value["config"]}
    return {key: without_modules(one) for key, one in value.items()}


def with_input_layer(layer):
    """Says the shape of a model's input in a layer of its own, as Keras 3 requires."""
    config = layer["config"]
    layers = config if isinstance(config, list) else config.get("layers")
    if layers is None:
        return layer
    shapes = [one["config"].pop("batch_input_shape", None) for one in layers if isinstance(one["config"], dict)]
    shape = next((shape for shape in shapes if shape), None)
    rest = [with_input_layer(one) for one in layers if one["class_name"] != "InputLayer"]
    first = [{"class_name": "InputLayer", "config": {"batch_shape": shape}}] if shape else []
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": first + rest}}


file, images, *sizes, scale, offset = sys.argv[1:]
height, width, channels = map(int, sizes)
x = np.fromfile(images, np.uint8).reshape(-1, height, width, channels).astype(np.float32) / 255
outputs = (onnx_outputs if file.endswith(".onnx") else keras_outputs)(file, x * float(scale) + float(offset))
print(json.dumps(np.asarray(outputs).reshape(len(x), -1).argmax(1).tolist()))
