"""Builds our networks from PyTorch's layers."""

import torch
from torch import nn


def build_network(network, specs, flat, dropout=True):
    """Builds a described network. `flat` holds the weights one after another, in Keras' shapes `specs`."""
    tensors, offset = [], 0
    for spec in specs:
        count = torch.Size(spec["shape"]).numel()
        tensors.append(flat[offset : offset + count].reshape(spec["shape"]).clone())
        offset += count
    take = iter(tensors)
    layers, channels, flattened, size = [], 1, None, 28
    for layer in network["layers"]:
        kind = layer["type"]
        if kind == "conv2d":
            same = layer["padding"] == "same"
            made = nn.Conv2d(channels, layer["filters"], 3, padding=1 if same else 0, bias=layer["useBias"])
            made.weight.data = next(take).permute(3, 2, 0, 1).contiguous()
            if layer["useBias"]:
                made.bias.data = next(take)
            channels, size = layer["filters"], size if same else size - 2
        elif kind == "batchNorm":
            norm = nn.BatchNorm1d if flattened else nn.BatchNorm2d
            made = norm(channels, eps=layer["epsilon"], momentum=1 - layer["momentum"])
            made.weight.data, made.bias.data = next(take), next(take)
            made.running_mean, made.running_var = next(take), next(take)
        elif kind == "relu":
            made = nn.ReLU()
        elif kind == "maxPool":
            made, size = nn.MaxPool2d(2), size // 2
        elif kind == "flatten":
            made, flattened, channels = nn.Flatten(), (size, size, channels), channels * size * size
        elif kind == "dropout":
            made = nn.Dropout(layer["rate"]) if dropout else nn.Identity()
        elif kind == "dense":
            made = nn.Linear(channels, layer["units"], bias=layer["useBias"])
            kernel = next(take)
            if flattened and channels == torch.Size(flattened).numel():
                # Keras flattens [height, width, channels], PyTorch [channels, height, width].
                kernel = kernel.reshape(*flattened, -1).permute(2, 0, 1, 3).reshape(channels, -1)
            made.weight.data = kernel.t().contiguous()
            if layer["useBias"]:
                made.bias.data = next(take)
            channels = layer["units"]
        layers.append(made)
    return nn.Sequential(*layers)
