"""Writes nf4.json: NF4 with double quantisation, as bitsandbytes defines it, for Nf4Tests.

bitsandbytes itself does not run here. Its definition (functional.py, create_dynamic_map; backends/default/ops.py, quantize_4bit,
quantize_blockwise and dequantize_4bit, at github.com/bitsandbytes-foundation/bitsandbytes commit 0155ecc) is written again below, in the
same operations of float32 on the CPU: its CUDA kernels are not what is compared. Debian 12's python3-torch:

    apt-get install python3-torch
    /usr/bin/python3 tests/TaskDsl.Torch.Tests/Golden/nf4.py
"""

import hashlib
import json
import pathlib

import torch

torch.set_num_threads(1)  # The mean of the scales is a sum, whose order decides its last bit.
HERE = pathlib.Path(__file__).parent
SOURCE = (
    "bitsandbytes' default backend (functional.py create_dynamic_map; backends/default/ops.py quantize_4bit and quantize_blockwise, "
    f"commit 0155ecc), written again in PyTorch {torch.__version__} by nf4.py, one thread; the last bits of the 256 numbers that a scale "
    "can be depend on the processor there, so that some_values are good to 2e-7 of themselves"
)
SHAPES = [(1, 1), (3, 5), (2, 64), (1, 130), (5, 37), (48, 96), (7, 1000), (300, 129), (512, 1024)]

# What a normal number's quantiles are, over the largest of them.
NF4 = torch.tensor(
    [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334]
    + [-0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224]
    + [0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0]
)


def dynamic_map():
    """Seven powers of ten, each cut into twice as many parts as the one before: the parts' middles, both signs; and 0 and 1."""
    values = [0.0, 1.0]
    for exponent in range(7):
        ends = torch.linspace(0.1, 1, 2**exponent + 1)
        middles = 10.0 ** (exponent - 6) * ((ends[1:] + ends[:-1]) / 2)
        values += middles.tolist() + (-middles).tolist()
    return torch.tensor(sorted(values))


DYNAMIC = dynamic_map()


def quantised(values, book, block):
    """The place in the book of what is nearest to each number over its block's largest magnitude, and those."""
    codes, scales = [], []
    for some in values.split(block):
        scale = some.abs().max()
        shares = (some * (1 / scale)).clamp(-1, 1)
        codes.append((shares.unsqueeze(1) - book).abs().argmin(1))
        scales.append(scale)
    return torch.cat(codes).to(torch.uint8), torch.stack(scales)


def numbers(count, seed):
    """Cubes of uniform numbers, so that few are large; Nf4Tests draws the same."""
    mask, drawn = 0xFFFFFFFF, []
    for i in range(count):
        draw = (i + seed * 1000003) * 2654435761 & mask
        draw ^= draw >> 15
        draw = draw * 2246822519 & mask
        draw ^= draw >> 13
        drawn.append(((draw >> 8) - (1 << 23)) / (1 << 23))
    uniform = torch.tensor(drawn)
    return uniform * uniform * uniform


def hashed(tensor):
    return hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest()


def case(outputs, inputs, seed):
    count = outputs * inputs
    codes, scales = quantised(numbers(count, seed), NF4, 64)
    halves = torch.nn.functional.pad(codes, (0, count % 2), value=7)  # 7 is 0's.
    packed = halves[::2] << 4 | halves[1::2]
    mean = scales.mean()
    scale_codes, scale_scales = quantised(scales - mean, DYNAMIC, 256)
    read = DYNAMIC[scale_codes.long()] * scale_scales.repeat_interleave(256)[: len(scale_codes)] + mean
    values = NF4[codes.long()] * read.repeat_interleave(64)[:count]
    places = [int(i * (count - 1) / 7) for i in range(8)]
    small = {"codes": packed.numpy().tobytes().hex(), "scale_codes": scale_codes.numpy().tobytes().hex()} if count <= 200 else {}
    return {
        "outputs": outputs,
        "inputs": inputs,
        "seed": seed,
        "codes_sha256": hashed(packed),
        "scales_sha256": hashed(scales),
        "scale_codes_sha256": hashed(scale_codes),
        "scale_scales_sha256": hashed(scale_scales),
        "mean": mean.item(),
        "some_values": [[place, values[place].item()] for place in places],
        **small,
    }


cases = [case(*shape, seed) for seed, shape in enumerate(SHAPES)]
(HERE / "nf4.json").write_text(json.dumps({"source": SOURCE, "cases": cases}, indent=1) + "\n")
