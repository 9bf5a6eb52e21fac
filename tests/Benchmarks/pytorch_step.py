"""The training step of TrainingStep.cs in PyTorch, from the same weights and tokens: model folder, tokens, steps, threads.

Prints the milliseconds of each step, and on the last line the fastest, then the losses.
"""
import json, math, sys, time
import numpy as np
import torch
import torch.nn.functional as F

folder, tokens, steps, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
config = json.load(open(f"{folder}/config.json"))
layers, heads, hidden = config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"]

with open(f"{folder}/model.safetensors", "rb") as file:
    header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    data = file.read()
weights = {
    name: torch.nn.Parameter(torch.from_numpy(np.frombuffer(data, np.float32, (e["data_offsets"][1] - e["data_offsets"][0]) // 4, e["data_offsets"][0]).copy()).reshape(e["shape"]))
    for name, e in header.items() if name != "__metadata__"
}
ids = torch.tensor(json.load(open(tokens)))
rows, length = ids.shape

angles = torch.outer(torch.arange(length).float(), 1 / config["rope_theta"] ** (torch.arange(0, hidden // heads, 2).float() / (hidden // heads)))
cosine, sine = torch.cat([angles, angles], 1).cos(), torch.cat([angles, angles], 1).sin()
mask = torch.full((length, length), -math.inf).triu(1)


def norm(x, name):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + config["rms_norm_eps"]) * weights[f"{name}.weight"]


def rotate(x):
    a, b = x.chunk(2, -1)
    return x * cosine + torch.cat([-b, a], -1) * sine


def forward():
    x = F.embedding(ids, weights["model.embed_tokens.weight"])
    for i in range(layers):
        name = f"model.layers.{i}"
        h = norm(x, f"{name}.input_layernorm")
        q, k, v = (F.linear(h, weights[f"{name}.self_attn.{p}_proj.weight"]).view(rows, length, heads, -1).transpose(1, 2) for p in "qkv")
        q, k = rotate(q), rotate(k)
        if hasattr(F, "scaled_dot_product_attention"):
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            attended = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(q.size(-1)) + mask, -1) @ v
        x = x + F.linear(attended.transpose(1, 2).reshape(rows, length, hidden), weights[f"{name}.self_attn.o_proj.weight"])
        h = norm(x, f"{name}.post_attention_layernorm")
        gate, up = (F.linear(h, weights[f"{name}.mlp.{p}_proj.weight"]) for p in ("gate", "up"))
        x = x + F.linear(F.silu(gate) * up, weights[f"{name}.mlp.down_proj.weight"])
    scores = F.linear(norm(x, "model.norm")[:, :-1], weights["model.embed_tokens.weight"])
    return F.cross_entropy(scores.reshape(-1, scores.size(-1)), ids[:, 1:].reshape(-1))


optimizer = torch.optim.AdamW(weights.values(), lr=1e-4, weight_decay=0.01)
times, losses = [], []
for _ in range(steps):
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    loss = forward()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)
    optimizer.step()
    times.append((time.perf_counter() - start) * 1000)
    losses.append(loss.item())
print(torch.__version__, *(f"{t:.0f}" for t in times))
print(min(times), *losses)
