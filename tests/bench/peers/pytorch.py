"""PyTorch on the CPU: `python3 pytorch.py NCHW|channels_last THREADS`. Speaks the protocol of ../protocol.ts."""

import json
import math
import os
import statistics
import sys
import time

import torch
from torch import nn

from pytorch_network import build_network

layout, threads = sys.argv[1], int(sys.argv[2])
memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
torch.set_num_threads(threads)

EPSILON = 1e-7
greeting = json.loads(sys.stdin.readline())


def numbers(name, kind):
    with open(os.path.join(greeting["folder"], name), "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=kind)


# Floats, not bytes: PyTorch does not have to convert them.
images = (numbers("images.u8", torch.uint8).float() / 255).reshape(-1, 1, 28, 28).contiguous(memory_format=memory_format)
labels = numbers("labels.u8", torch.uint8).long()


def build(name, dropout):
    network = greeting["networks"][name]
    model = build_network(network["network"], network["weights"], numbers(f"weights-{name}.f32", torch.float32), dropout)
    model.to(memory_format=memory_format)
    return model, torch.optim.Adam(model.parameters(), lr=1e-3, eps=EPSILON)


def step(model, optimizer, index, batch):
    first = (index * batch) % (greeting["images"] - batch + 1)
    optimizer.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(model(images[first : first + batch]), labels[first : first + batch])
    loss.backward()
    # Keras corrects the learning rate instead of the moments, which changes the effective epsilon at each step.
    optimizer.param_groups[0]["eps"] = EPSILON / math.sqrt(1 - 0.999 ** (index + 1))
    optimizer.step()
    return loss.item()


def predict(model, index, batch):
    first = (index * batch) % (greeting["images"] - batch + 1)
    with torch.inference_mode():
        return model(images[first : first + batch])


def timed(seconds, each):
    times, end = [], time.perf_counter() + seconds
    while len(times) < 2 or time.perf_counter() < end:
        began = time.perf_counter()
        each(len(times))
        times.append(time.perf_counter() - began)
    return times


models = {}


def handle(request):
    name, what = request["network"], request["do"]
    if what == "losses":
        model, optimizer = build(name, False)
        return {"losses": [step(model, optimizer, index, request["batch"]) for index in range(request["steps"])]}
    if name not in models:
        models[name] = build(name, True)
    model, optimizer = models[name]
    model.train(what == "train")
    if what == "predict":
        return {"times": timed(request["seconds"], lambda index: predict(model, index, 1))}
    batch = request["batch"]
    if what == "train":
        times = timed(request["seconds"], lambda index: step(model, optimizer, index, batch))
    else:
        times = timed(request["seconds"], lambda index: predict(model, index, batch))
    return {"seconds": statistics.median(times)}


def answer(value):
    print(json.dumps(value), flush=True)


answer({"version": f"PyTorch {torch.__version__}, {layout}"})
for line in sys.stdin:
    try:
        answer(handle(json.loads(line)))
    except Exception as error:  # The bench reports it.
        answer({"error": str(error).split("\n")[0]})
