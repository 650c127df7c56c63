"""What PyTorch computes for small networks, `python3 pytorch_answers.py FOLDER`, in double precision. `FOLDER/networks.json` is a
list of networks with their weights, images and labels. Prints a list with the logits in evaluation and the loss in training,
both without dropout."""

import json
import os
import sys

import torch
from torch import nn

from pytorch_network import build_network

torch.set_default_dtype(torch.float64)
with open(os.path.join(sys.argv[1], "networks.json")) as file:
    tasks = json.load(file)

answers = []
for task in tasks:
    model = build_network(task["network"], task["specs"], torch.tensor(task["weights"]), dropout=False)
    images = torch.tensor(task["images"]).reshape(-1, *task["network"]["input"]).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        logits = model.eval()(images)
        loss = nn.functional.cross_entropy(model.train()(images), torch.tensor(task["labels"]))
    answers.append({"logits": logits.flatten().tolist(), "loss": loss.item()})
print(json.dumps(answers))
