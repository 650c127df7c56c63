"""Builds our networks from PyTorch's layers."""

import torch
from torch import nn
from torch.nn import functional as F


class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


class Graph(nn.Module):
    """Layers that take the outputs of others. `inputs`: for each layer the indices of its inputs; -1 is the network's input."""

    def __init__(self, layers, inputs):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.inputs = inputs

    def forward(self, x):
        outputs = []
        for layer, inputs in zip(self.layers, self.inputs):
            outputs.append(layer(*[x if index < 0 else outputs[index] for index in inputs]))
        return outputs[-1]


def padding_of(layer, window, shape):
    """The rows and columns of padding before and after an image of `shape`, as Keras has it for `same`."""
    if layer["padding"] == "valid":
        return [(0, 0), (0, 0)]
    totals = [
        max((-(-size // stride) - 1) * stride + side - size, 0)
        for size, side, stride in zip(shape, window, layer["stride"])
    ]
    return [(total // 2, total - total // 2) for total in totals]


def windows_after(layer, window, shape):
    """Height and width after a layer with windows."""
    if layer["padding"] == "same":
        return [-(-size // stride) for size, stride in zip(shape, layer["stride"])]
    return [(size - side) // stride + 1 for size, side, stride in zip(shape, window, layer["stride"])]


def padded(make, layer, window, shape, value=0.0):
    """A layer with windows; with a layer of padding before it if there is more of it on one side. `make` gets the padding."""
    (top, bottom), (left, right) = padding_of(layer, window, shape)
    # PyTorch pads pools by half a window at most.
    if top == bottom and left == right and top <= window[0] // 2 and left <= window[1] // 2:
        return make((top, left))
    return nn.Sequential(nn.ConstantPad2d((left, right, top, bottom), value), make((0, 0)))


def flattened(x):
    """Keras flattens [height, width, channels]. PyTorch stores channels_last images in that order."""
    return x.permute(0, 2, 3, 1).reshape(len(x), -1) if x.dim() == 4 else x


def reshaped(shape):
    if len(shape) == 1:
        return flattened
    return lambda x: flattened(x).reshape(-1, *shape).permute(0, 3, 1, 2)


ACTIVATIONS = {
    "relu": lambda layer: nn.ReLU(),
    "leakyRelu": lambda layer: nn.LeakyReLU(layer["slope"]),
    "elu": lambda layer: nn.ELU(layer["alpha"]),
    "gelu": lambda layer: nn.GELU("tanh" if layer["approximate"] else "none"),
    "sigmoid": lambda layer: nn.Sigmoid(),
    "tanh": lambda layer: nn.Tanh(),
    "softmax": lambda layer: nn.Softmax(1),
    "dropout": lambda layer: nn.Dropout(layer["rate"]),
    "spatialDropout": lambda layer: nn.Dropout2d(layer["rate"]),
    "rescaling": lambda layer: Lambda(lambda x: x * layer["scale"] + layer["offset"]),
}


def build_layer(layer, shapes, take):
    """A layer for inputs of these shapes, without the batch: [height, width, channels] or [units]; and its output's shape."""
    kind, shape = layer["type"], shapes[0]
    if kind == "conv2d":
        kernel, filters = layer["kernel"], layer["filters"]
        made = padded(
            lambda padding: nn.Conv2d(shape[2], filters, kernel, layer["stride"], padding, bias=layer["useBias"]),
            layer, kernel, shape,
        )
        conv = made if isinstance(made, nn.Conv2d) else made[1]
        conv.weight.data = next(take).permute(3, 2, 0, 1).contiguous()
        if layer["useBias"]:
            conv.bias.data = next(take)
        return made, [*windows_after(layer, kernel, shape), filters]
    if kind == "depthwiseConv2d":
        kernel, channels, filters = layer["kernel"], shape[2], shape[2] * layer["multiplier"]
        made = padded(
            lambda padding: nn.Conv2d(
                channels, filters, kernel, layer["stride"], padding, groups=channels, bias=layer["useBias"]
            ),
            layer, kernel, shape,
        )
        conv = made if isinstance(made, nn.Conv2d) else made[1]
        conv.weight.data = next(take).permute(2, 3, 0, 1).reshape(filters, 1, *kernel).contiguous()
        if layer["useBias"]:
            conv.bias.data = next(take)
        return made, [*windows_after(layer, kernel, shape), filters]
    if kind == "dense":
        made = nn.Linear(shape[0], layer["units"], bias=layer["useBias"])
        made.weight.data = next(take).t().contiguous()
        if layer["useBias"]:
            made.bias.data = next(take)
        return made, [layer["units"]]
    if kind == "batchNorm":
        norm = nn.BatchNorm1d if len(shape) == 1 else nn.BatchNorm2d
        made = norm(shape[-1], eps=layer["epsilon"], momentum=1 - layer["momentum"])
        made.weight.data, made.bias.data = next(take), next(take)
        made.running_mean, made.running_var = next(take), next(take)
        return made, shape
    if kind == "maxPool":
        size, stride = tuple(layer["size"]), tuple(layer["stride"])
        made = padded(lambda padding: nn.MaxPool2d(size, stride, padding), layer, size, shape, float("-inf"))
        return made, [*windows_after(layer, size, shape), shape[2]]
    if kind == "averagePool":
        size, stride = tuple(layer["size"]), tuple(layer["stride"])
        made = padded(
            lambda padding: nn.AvgPool2d(size, stride, padding, count_include_pad=False), layer, size, shape
        )
        if isinstance(made, nn.Sequential):
            # PyTorch has no padding on one side that averages leave out, so its share of each window is divided away.
            return Lambda(lambda x: made(x) / made(torch.ones_like(x))), [*windows_after(layer, size, shape), shape[2]]
        return made, [*windows_after(layer, size, shape), shape[2]]
    if kind == "globalAveragePool":
        return Lambda(lambda x: x.mean((2, 3))), [shape[2]]
    if kind == "globalMaxPool":
        return Lambda(lambda x: F.max_pool2d(x, x.shape[2:]).flatten(1)), [shape[2]]
    if kind == "zeroPadding":
        top, bottom, left, right = (layer[side] for side in ("top", "bottom", "left", "right"))
        return nn.ZeroPad2d((left, right, top, bottom)), [shape[0] + top + bottom, shape[1] + left + right, shape[2]]
    if kind == "flatten":
        return Lambda(flattened), [torch.Size(shape).numel()]
    if kind == "reshape":
        return Lambda(reshaped(layer["shape"])), layer["shape"]
    if kind == "add":
        return Lambda(lambda *inputs: sum(inputs[1:], inputs[0])), shape
    if kind == "concatenate":
        return Lambda(lambda *inputs: torch.cat(inputs, 1)), [*shape[:-1], sum(each[-1] for each in shapes)]
    return ACTIVATIONS[kind](layer), shape


def build_network(network, specs, flat, dropout=True):
    """Builds a described network. `flat` holds the weights one after another, in Keras' shapes `specs`."""
    tensors, offset = [], 0
    for spec in specs:
        count = torch.Size(spec["shape"]).numel()
        tensors.append(flat[offset : offset + count].reshape(spec["shape"]).clone())
        offset += count
    take = iter(tensors)
    layers, shapes, sources = [], [], []
    for index, layer in enumerate(network["layers"]):
        inputs = layer.get("inputs", [index - 1])
        made, shape = build_layer(layer, [network["input"] if i < 0 else shapes[i] for i in inputs], take)
        layers.append(made if dropout or "ropout" not in layer["type"] else nn.Identity())
        shapes.append(shape)
        sources.append(inputs)
    if all(inputs == [index - 1] for index, inputs in enumerate(sources)):
        return nn.Sequential(*layers)
    return Graph(layers, sources)
