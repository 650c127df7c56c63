"""What PyTorch computes for connectionist temporal classification, `python3 pytorch_ctc.py FOLDER`, in double precision.
`FOLDER/sequences.json` is a list of sequences: logits, [steps][classes], whose last class is the blank, and the labels that they
should spell. Prints a list with the loss of each, null if it is infinite, and its gradient for the logits."""

import json
import math
import os
import sys

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
with open(os.path.join(sys.argv[1], "sequences.json")) as file:
    sequences = json.load(file)


def ctc_loss(logits, target, zero_infinity):
    return functional.ctc_loss(
        logits.log_softmax(1).unsqueeze(1),
        torch.tensor([target], dtype=torch.long),
        [logits.shape[0]],
        [len(target)],
        blank=logits.shape[1] - 1,
        reduction="sum",
        zero_infinity=zero_infinity,
    )


answers = []
for sequence in sequences:
    logits = torch.tensor(sequence["logits"], requires_grad=True)
    loss = ctc_loss(logits, sequence["target"], False).item()
    ctc_loss(logits, sequence["target"], True).backward()
    answers.append({"loss": loss if math.isfinite(loss) else None, "gradient": logits.grad.tolist()})
print(json.dumps(answers))
