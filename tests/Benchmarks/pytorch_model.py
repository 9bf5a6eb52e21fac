"""A Llama-like decoder as NewDecoder makes them, from its folder, in plain PyTorch."""
import json, math
import numpy as np
import torch
import torch.nn.functional as F


class Decoder:
    def __init__(self, folder, positions):
        self.config = config = json.load(open(f"{folder}/config.json"))
        self.layers, self.heads, self.hidden = config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"]
        with open(f"{folder}/model.safetensors", "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            data = file.read()
        self.weights = {
            name: torch.nn.Parameter(torch.from_numpy(np.frombuffer(data, np.float32, (e["data_offsets"][1] - e["data_offsets"][0]) // 4, e["data_offsets"][0]).copy()).reshape(e["shape"]))
            for name, e in header.items() if name != "__metadata__"
        }
        size = self.hidden // self.heads
        angles = torch.outer(torch.arange(positions).float(), 1 / config["rope_theta"] ** (torch.arange(0, size, 2).float() / size))
        self.cosine, self.sine = torch.cat([angles, angles], 1).cos(), torch.cat([angles, angles], 1).sin()  # [positions, head]

    def norm(self, x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.config["rms_norm_eps"]) * self.weights[f"{name}.weight"]

    def states(self, ids, at=None, mask=None, cache=None):
        """The last norm's output [rows, length, hidden].

        at: positions [rows, length]; None = from 0. mask: what is added to the scores; None = causal. cache: keys and values by layer.
        """
        rows, length = ids.shape
        cosine, sine = (t[:length] if at is None else t[at].unsqueeze(1) for t in (self.cosine, self.sine))

        def rotate(x):
            a, b = x.chunk(2, -1)
            return x * cosine + torch.cat([-b, a], -1) * sine

        x = F.embedding(ids, self.weights["model.embed_tokens.weight"])
        for i in range(self.layers):
            name = f"model.layers.{i}"
            h = self.norm(x, f"{name}.input_layernorm")
            q, k, v = (F.linear(h, self.weights[f"{name}.self_attn.{p}_proj.weight"]).view(rows, length, self.heads, -1).transpose(1, 2) for p in "qkv")
            q, k = rotate(q), rotate(k)
            if cache is not None:
                if cache[i] is not None:
                    k, v = torch.cat([cache[i][0], k], 2), torch.cat([cache[i][1], v], 2)
                cache[i] = (k, v)
            if hasattr(F, "scaled_dot_product_attention"):
                attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
            else:
                seen = torch.full((length, length), -math.inf).triu(1) if mask is None else mask
                attended = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(q.size(-1)) + seen, -1) @ v
            x = x + F.linear(attended.transpose(1, 2).reshape(rows, length, self.hidden), self.weights[f"{name}.self_attn.o_proj.weight"])
            h = self.norm(x, f"{name}.post_attention_layernorm")
            gate, up = (F.linear(h, self.weights[f"{name}.mlp.{p}_proj.weight"]) for p in ("gate", "up"))
            x = x + F.linear(F.silu(gate) * up, self.weights[f"{name}.mlp.down_proj.weight"])
        return self.norm(x, "model.norm")

    def scores(self, states):
        return F.linear(states, self.weights["model.embed_tokens.weight"])
