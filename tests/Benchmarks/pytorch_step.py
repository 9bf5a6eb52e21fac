"""The training step of TrainingStep.cs in PyTorch, from the same weights and tokens: model folder, tokens, steps, threads.

Prints the milliseconds of each step, and on the last line the fastest, then the losses.
"""
import json, sys, time
import torch
import torch.nn.functional as F
from pytorch_model import Decoder

folder, tokens, steps, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
ids = torch.tensor(json.load(open(tokens)))
decoder = Decoder(folder, ids.size(1))
weights = decoder.weights.values()
optimizer = torch.optim.AdamW(weights, lr=1e-4, weight_decay=0.01)
times, losses = [], []
for _ in range(steps):
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    scores = decoder.scores(decoder.states(ids)[:, :-1])
    loss = F.cross_entropy(scores.reshape(-1, scores.size(-1)), ids[:, 1:].reshape(-1))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    optimizer.step()
    times.append((time.perf_counter() - start) * 1000)
    losses.append(loss.item())
print(torch.__version__, *(f"{t:.0f}" for t in times))
print(min(times), *losses)
