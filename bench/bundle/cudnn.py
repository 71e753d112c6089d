#!/usr/bin/env python3
"""Times PyTorch's cuDNN layers on the shapes of a table, after comparing their outputs with ours.

Same weights and inputs (uniform from Java's SplittableRandom, made again here), flattened weights, TF32 off in FP32 mode and on in
TF32 mode, BF16 and FP16 with weights and data of that type. Medians of events after warm-up; a sample is as many calls as take
four milliseconds. Forward runs without gradients; training is forward and backward with gradients of input and weights.
The algorithm is PyTorch's choice.
"""
import argparse
import json
import os
import re
import statistics
import sys
import time

CHECKED_STEPS = 3
SEED = 42
TOLERANCE = {"FP32": 1e-4, "TF32": 2e-2, "FP16": 2e-2, "BF16": 1e-1}


def parse_shape(text):
    match = re.fullmatch(r"(vanilla|lstm|gru)-t(\d+)n(\d+)c(\d+)h(\d+)", text)
    if match is None:
        raise ValueError("no shape: " + text)
    return (match.group(1),) + tuple(int(g) for g in match.groups()[1:])


def uniform(count, bound, seed):
    """What java.util.SplittableRandom(seed).nextDouble() gives, scaled to [-bound, bound), as float32."""
    import numpy as np

    out = np.empty(count, np.float32)
    gamma, block = 0x9E3779B97F4A7C15, 1 << 22
    with np.errstate(over="ignore"):
        for at in range(0, count, block):
            n = min(block, count - at)
            z = np.uint64(seed) + np.uint64(gamma) * np.arange(at + 1, at + n + 1, dtype=np.uint64)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z = z ^ (z >> np.uint64(31))
            out[at : at + n] = ((2 * ((z >> np.uint64(11)) * 2.0**-53) - 1) * bound).astype(np.float32)
    return out


def layer(torch, shape, device, dtype):
    cell, _, _, c, h = shape
    kind = {"vanilla": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
    made = kind(c, h)
    flat = torch.from_numpy(uniform(sum(p.numel() for p in made.parameters()), h**-0.5, SEED))
    at = 0
    with torch.no_grad():
        for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
            p = getattr(made, name)
            p.copy_(flat[at : at + p.numel()].view_as(p))
            at += p.numel()
    made = made.to(device=device, dtype=dtype)
    made.flatten_parameters()
    return made


def data(torch, shape, steps, device, dtype):
    _, _, n, c, _ = shape
    x = torch.from_numpy(uniform(steps * n * c, 1, SEED + 1)).view(steps, n, c)
    return x.to(device=device, dtype=dtype)


def compare(torch, made, shape, mode, device, dtype, folder):
    """Largest difference of y over its first steps, relative to its largest value; None without a file of ours."""
    import numpy as np

    cell, t, n, c, h = shape
    path = os.path.join(folder, "%s-t%dn%dc%dh%d.%s.y" % (cell, t, n, c, h, mode))
    if not os.path.exists(path):
        return None
    steps = min(CHECKED_STEPS, t)
    ours = np.fromfile(path, "<f4").reshape(steps, n, h)
    with torch.no_grad():
        theirs = made(data(torch, shape, steps, device, dtype))[0].float().cpu().numpy()
    return float(abs(ours - theirs).max() / abs(theirs).max())


def once(torch, made, x, dy):
    if dy is None:
        with torch.no_grad():
            made(x)
    else:
        made.zero_grad(set_to_none=True)
        x.grad = None
        made(x)[0].backward(dy)


def median_millis(torch, made, x, dy, device, budget):
    def timed(calls):
        if device == "cpu":
            start = time.perf_counter()
            for _ in range(calls):
                once(torch, made, x, dy)
            return 1e3 * (time.perf_counter() - start)
        first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        first.record()
        for _ in range(calls):
            once(torch, made, x, dy)
        last.record()
        last.synchronize()
        return first.elapsed_time(last)

    timed(1)
    single = min(timed(1), timed(1))
    calls = max(1, int(-(-4 // max(single, 1e-3))))
    timed(calls)
    samples, spent = [], 0.0
    while len(samples) < 3 or (spent < budget and len(samples) < 200):
        millis = timed(calls)
        spent += millis
        samples.append(millis / calls)
    return statistics.median(samples), len(samples)


def measure(torch, key, device, folder, budget):
    text, pass_name, mode = key
    shape = parse_shape(text)
    dtype = {"BF16": torch.bfloat16, "FP16": torch.float16}.get(mode, torch.float32)
    torch.backends.cuda.matmul.allow_tf32 = mode == "TF32"
    torch.backends.cudnn.allow_tf32 = mode == "TF32"
    entry = {"shape": text, "pass": pass_name, "mode": mode}
    made = layer(torch, shape, device, dtype)
    off = compare(torch, made, shape, mode, device, dtype, folder)
    entry["difference"] = off
    if off is not None and not off <= TOLERANCE[mode]:
        entry.update(status="failed", reason="outputs differ by %.3g of the largest, allowed %.3g" % (off, TOLERANCE[mode]))
        return entry
    x = data(torch, shape, shape[1], device, dtype)
    dy = None
    if pass_name == "training":
        x.requires_grad_(True)
        dy = torch.ones(shape[1], shape[2], shape[4], device=device, dtype=dtype)
    if device == "cpu":
        once(torch, made, x, dy)
        entry.update(status="untimed", reason="no GPU")
    else:
        median, samples = median_millis(torch, made, x, dy, device, budget)
        entry.update(status="timed", medianMillis=median, samples=samples)
    return entry


def keys_of(files):
    keys = []
    for name in files:
        if os.path.exists(name):
            for e in json.load(open(name))["entries"]:
                key = (e["shape"], e["pass"], e["mode"])
                if e["status"] in ("timed", "untimed") and key not in keys:
                    keys.append(key)
    return keys


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="+", help="JSON files of the table command")
    parser.add_argument("--out", required=True)
    parser.add_argument("--outputs", required=True, help="folder with y of the checked steps")
    parser.add_argument("--seconds", type=float, default=240, help="start nothing new after that")
    parser.add_argument("--millis", type=float, default=60, help="timed calls per combination")
    parser.add_argument("--cpu", action="store_true", help="compare outputs on the CPU, time nothing")
    args = parser.parse_args()
    keys = keys_of(args.tables)
    if not keys:
        sys.exit("cudnn.py: none of the tables has an entry: " + " ".join(args.tables))
    try:
        import numpy, torch  # noqa: F401, E401
    except ImportError as e:
        sys.exit("cudnn.py: needs NumPy and PyTorch, which this Python (%s) lacks: %s" % (sys.executable, e))
    if not args.cpu and not torch.cuda.is_available():
        sys.exit("cudnn.py: PyTorch %s finds no GPU; --cpu compares outputs and times nothing" % torch.__version__)

    device = "cpu" if args.cpu else "cuda"
    about = {"torch": torch.__version__, "cudnn": torch.backends.cudnn.version(), "device": device}
    if device == "cuda":
        about["device"] = torch.cuda.get_device_name()
    end, entries = time.monotonic() + args.seconds, []
    for i, key in enumerate(keys):
        if time.monotonic() > end:
            print("time is up: %d of %d left" % (len(keys) - i, len(keys)))
            break
        try:
            entry = measure(torch, key, device, args.outputs, args.millis)
        except RuntimeError as e:
            entry = {"shape": key[0], "pass": key[1], "mode": key[2], "status": "failed", "reason": str(e).splitlines()[0]}
        entries.append(entry)
        print("[%d/%d] %s" % (i + 1, len(keys), json.dumps(entry)))
        with open(args.out + ".part", "w") as f:
            json.dump({"version": 1, "about": about, "entries": entries}, f, indent=1)
        os.replace(args.out + ".part", args.out)
    sys.exit(1 if any(e["status"] == "failed" for e in entries) else 0)


if __name__ == "__main__":
    main()
