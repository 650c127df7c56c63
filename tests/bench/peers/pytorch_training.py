"""Trains a network with PyTorch on the CPU, `python3 pytorch_training.py THREADS`, with what ../pytorch-training.ts sends: a line of
JSON, the initial weights, the validation images and labels, then the test images and labels, if any, then one batch after
another. Prints a line for each epoch; the last has the accuracy on the test images."""

import json
import sys
import time

import torch
from torch import nn

from pytorch_network import build_network

torch.set_num_threads(int(sys.argv[1]))
stdin = sys.stdin.buffer
task = json.loads(stdin.readline())
recipe = task["recipe"]


def read(count, kind):
    return torch.frombuffer(bytearray(stdin.read(count * torch.empty(0, dtype=kind).element_size())), dtype=kind)


def read_images(count):
    images = read(count * 784, torch.uint8).reshape(-1, 1, 28, 28)
    return (images.float() / 255).contiguous(memory_format=torch.channels_last), read(count, torch.uint8).long()


model = build_network(task["network"], task["weights"], read(task["weightCount"], torch.float32))
model.to(memory_format=torch.channels_last)
shift = torch.tensor(task["validationShift"])
validation_images, validation_labels = read_images(task["validationImages"])
test_images, test_labels = read_images(task["testImages"]) if task["testImages"] else (None, None)

# Weight decay applies to matrices and kernels, not to vectors.
matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
vectors = [parameter for parameter in model.parameters() if parameter.dim() <= 1]
optimizer = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": recipe["weightDecay"]}, {"params": vectors, "weight_decay": 0}],
    eps=1e-7,
)
loss_of = nn.CrossEntropyLoss(label_smoothing=recipe["labelSmoothing"])
AVERAGED_EVERY = 8
tensors = [tensor for tensor in model.state_dict().values() if tensor.is_floating_point()]
average = [tensor.clone() for tensor in tensors] if recipe["averaging"] > 0 else None


def accuracy_of(images, labels, shift=0):
    """Accuracy of the averaged weights, if there are any, otherwise of the current ones."""
    last = [tensor.clone() for tensor in tensors]
    with torch.inference_mode():
        if average:
            for tensor, mean in zip(tensors, average):
                tensor.copy_(mean)
        model.eval()
        correct = sum(
            ((model(images) + shift).argmax(1) == labels).sum().item()
            for images, labels in zip(images.split(512), labels.split(512))
        )
        for tensor, value in zip(tensors, last):
            tensor.copy_(value)
    return correct / len(labels)


step = 0
for epoch in range(1, task["epochs"] + 1):
    began = time.perf_counter()
    model.train()
    for first in range(0, task["trainImages"], task["batchSize"]):
        images, labels = read_images(min(task["batchSize"], task["trainImages"] - first))
        for group in optimizer.param_groups:
            group["lr"] = task["learningRates"][step]
        optimizer.zero_grad(set_to_none=True)
        loss_of(model(images), labels).backward()
        optimizer.step()
        step += 1
        if average and (step <= AVERAGED_EVERY or step % AVERAGED_EVERY == 0):
            decay = min(recipe["averaging"], step / (step + 10)) ** (1 if step <= AVERAGED_EVERY else AVERAGED_EVERY)
            with torch.no_grad():
                for tensor, mean in zip(tensors, average):
                    mean.lerp_(tensor, 1 - decay)
    accuracy = accuracy_of(validation_images, validation_labels, shift)
    line = {"epoch": epoch, "seconds": time.perf_counter() - began, "validationAccuracy": accuracy}
    if epoch == task["epochs"] and test_images is not None:
        line["testAccuracy"] = accuracy_of(test_images, test_labels)
    print(json.dumps(line), flush=True)
