"""The steps of the check in transformers and PEFT, eager, on the same device: sizes.json, device. One JSON object a line, as it is found.

Weights are what people train with: 16-bit and frozen under LoRA, float32 under autocast in full tuning. Attention is SDPA; AdamW is fused;
the norm is clipped at 1. Sequences of a packed batch stand in rows of their own, padded to the longest: that is what a collator does.
"""
import json, random, sys, time

import peft, torch, transformers

sizes, device = json.load(open(sys.argv[1])), torch.device(sys.argv[2])
gpu = device.type == "cuda"
torch.backends.cuda.matmul.allow_tf32 = True


def wait():
    if gpu:
        torch.cuda.synchronize(device)


def report(case, status="ok", **found):
    line = {"step": "reference", "case": case, "device": str(device), "size": sizes["size"], "precision": "bfloat16", "status": status}
    print(json.dumps(line | found), flush=True)


def made(full):
    settings = {k: v for k, v in sizes["config"].items() if k not in ("architectures", "model_type", "torch_dtype", "dtype")}
    config = transformers.LlamaConfig(**settings, attn_implementation="sdpa")
    with device:  # Drawn where it computes: a billion numbers take long on the host.
        model = transformers.LlamaForCausalLM(config)
    if full:
        return model.to(device)
    # PEFT keeps the adapter of a 16-bit model in float32, as TaskDsl does.
    return peft.get_peft_model(model.to(device, torch.bfloat16), peft.LoraConfig(r=16, lora_alpha=16, target_modules="all-linear"))


def measured(case, full, lengths):
    torch.manual_seed(1)
    if gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    draw, longest = random.Random(1), max(lengths)
    rows = [[draw.randrange(2, sizes["config"]["vocab_size"]) for _ in range(n)] for n in lengths]
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=device)
    real = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=device)
    batch = {"input_ids": ids, "labels": ids.masked_fill(real == 0, -100), "use_cache": False}
    if min(lengths) < longest:
        batch["attention_mask"] = real
    model = made(full).train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4 if full else 1e-3, fused=gpu)
    times, losses = [], []
    for _ in range(3 + sizes["repeats"]):
        wait()
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16):
            loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        losses.append(loss.item())
        wait()
        times.append(1000 * (time.perf_counter() - start))
    median = sorted(times[3:])[sizes["repeats"] // 2]
    report(
        case,
        median_ms=median,
        ms=times,
        losses=losses,
        trained=sum(p.numel() for p in trained),
        tokens_per_second=sum(lengths) / median * 1000,
        peak_bytes=torch.cuda.max_memory_allocated(device) if gpu else 0,
    )


def product():
    n = sizes["product"]
    a, b = (torch.randn(n, n, dtype=torch.bfloat16, device=device) for _ in range(2))
    best = float("inf")
    for repeat in range(sizes["repeats"] + 1):
        wait()
        start = time.perf_counter()
        for _ in range(5):
            a @ b
        wait()
        if repeat:
            best = min(best, (time.perf_counter() - start) / 5)
    report("product", ms=1000 * best, tflops=2e-12 * n**3 / best)


report("versions", torch=torch.__version__, transformers=transformers.__version__, peft=peft.__version__)
product()
failed = False
cases = ("lora_whole", "lora_packed", "full_whole", "lora_padded", "lora_long", "lora_short", "full_padded", "full_packed", "full_long")
for case in cases:
    kind, batch = case.split("_", 1)
    try:
        measured(case, kind == "full", sizes["batches"][batch])
    except Exception as e:  # One that is too large for the card leaves the others.
        failed = True
        report(case, "error", message=f"{type(e).__name__}: {e}")
sys.exit(1 if failed else 0)
