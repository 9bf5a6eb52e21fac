"""Greedy answers in PyTorch, batched and sorted by length: model folder, prompts, tokens of an answer, rows, threads, file of answers.

Prints PyTorch's version and the milliseconds of all answers.
"""
import json, math, sys, time
import torch
from pytorch_model import Decoder

folder, file, limit, rows, threads, answers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sys.argv[6]
torch.set_num_threads(threads)
prompts = json.load(open(file))
decoder = Decoder(folder, max(map(len, prompts)) + limit)


@torch.inference_mode()
def answer(prompts):
    count, longest = len(prompts), max(map(len, prompts))
    ids, real = torch.zeros(count, longest, dtype=torch.long), torch.ones(count, longest + limit, dtype=torch.bool)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt):] = torch.tensor(prompt)
        real[row, :longest - len(prompt)] = False
    at = (real[:, :longest].cumsum(1) - 1).clamp(min=0)
    seen = real[:, None, None, :longest] & torch.ones(longest, longest, dtype=torch.bool).tril()
    mask = torch.zeros(seen.shape).masked_fill(~(seen | torch.eye(longest, dtype=torch.bool)), -math.inf)
    cache, written = [None] * decoder.layers, []
    for i in range(limit):
        last = decoder.scores(decoder.states(ids, at, mask, cache)[:, -1]).argmax(-1, keepdim=True)
        written.append(last)
        ids, at = last, at[:, -1:] + 1
        mask = torch.zeros(count, 1, 1, longest + i + 1).masked_fill(~real[:, None, None, :longest + i + 1], -math.inf)
    return torch.cat(written, 1).tolist()


answer(prompts[:2])  # What is made once.
start = time.perf_counter()
order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
written = [None] * len(prompts)
for first in range(0, len(order), rows):
    part = order[first:first + rows]
    for i, tokens in zip(part, answer([prompts[i] for i in part])):
        written[i] = tokens
seconds = time.perf_counter() - start
json.dump(written, open(answers, "w"))
print(torch.__version__, seconds * 1000)
