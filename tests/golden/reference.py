"""Writes the cases of losses that pytorch-metric-learning 2.9.0 lacks, or computes otherwise.

Each loss is computed in float64 from its paper's formula, sample by sample and term by term, with nothing in common with
Kyori's code; PyTorch differentiates it. `python tests/golden/reference.py` writes the cases anew, the same ones. Where
pytorch-metric-learning is there too, Smooth-AP is compared with it wherever that one is right.
"""

import json
import math
import pathlib

import torch

FOLDER = pathlib.Path(__file__).parent
F64 = torch.float64


def unit(rows):
    norms = torch.sqrt((rows * rows).sum(1, keepdim=True))
    return rows / norms.clamp_min(1e-12)


def softly_before(row, of, among, temperature):
    """How many of some samples are nearer than one, each counted by a sigmoid."""
    others = [j for j in among if j != of]
    return torch.sigmoid((row[others] - row[of]) / temperature).sum()


def smooth_ap(batch, temperature):
    """Brown et al., arXiv 2007.12163; the query is in its own list, as in the published code."""
    labels, u = batch["labels"], unit(batch["embeddings"])
    everyone = range(len(labels))
    terms = []
    for query in everyone:
        own = [i for i in everyone if labels[i] == labels[query]]
        if len(own) < 2:
            continue
        row = u @ u[query]
        precision = 0
        for i in own:
            rank_own = 1 + softly_before(row, i, own, temperature)
            precision = precision + rank_own / (1 + softly_before(row, i, everyone, temperature))
        terms.append(1 - precision / len(own))
    return sum(terms) / len(terms) if terms else 0 * u.sum()


def recall_at_k(batch, k_max, count_temperature, rank_temperature):
    """Patel, Tolias, Matas, arXiv 2108.11179; the list of a query is the batch without it."""
    labels, u = batch["labels"], unit(batch["embeddings"])
    everyone = range(len(labels))
    lists = [2**n for n in range(int(math.log2(k_max)) + 1)]
    terms = []
    for query in everyone:
        others = [i for i in everyone if i != query]
        positives = [i for i in others if labels[i] == labels[query]]
        if not positives:
            continue
        row = u @ u[query]
        ranks = [1 + softly_before(row, i, others, rank_temperature) for i in positives]
        for k in lists:
            found = sum(torch.sigmoid((k - rank) / count_temperature) for rank in ranks)
            terms.append(1 - found.clamp_max(k) / min(k, len(positives)))
    return sum(terms) / len(terms) if terms else 0 * u.sum()


def sigmoid_pairs(batch, scale, bias):
    """Zhai et al., arXiv 2303.15343, algorithm 1, with samples on both sides and labels as matches."""
    labels, u = batch["labels"], unit(batch["embeddings"])
    total = 0 * u.sum()
    for i, of_i in enumerate(labels):
        others = [j for j in range(len(labels)) if j != i]
        z = torch.tensor([1.0 if labels[j] == of_i else -1.0 for j in others], dtype=u.dtype)
        wrong = -z * (scale * (u[others] @ u[i]) + bias)
        total = total + torch.logaddexp(torch.zeros_like(wrong), wrong).sum()
    return total / len(labels)


def potential_field(batch, proxies_per_class, alpha, delta):
    """Bhatnagar, Ahuja, arXiv 2405.18560, for N charges: δ^α/N times their energy, plus a constant for
    each pair. Within δ/10 the repulsion goes on as a straight line."""
    of_proxies = [row // proxies_per_class for row in range(len(batch["proxies"]))]
    labels = list(batch["labels"]) + of_proxies
    charges = torch.cat([unit(batch["embeddings"]), unit(batch["proxies"])])
    core, total = delta / 10, 0 * charges.sum()
    for i, of_i in enumerate(labels):
        apart = ((charges - charges[i]) ** 2).sum(1)
        moved = [j for j in range(len(labels)) if apart[j] > 0]
        still = [j for j in range(len(labels)) if apart[j] == 0 and labels[j] != of_i]
        distances = dict(zip(moved, torch.sqrt(apart[moved])))
        for j, d in distances.items():
            if labels[j] == of_i and d > delta:
                total = total + 1 - (delta / d) ** alpha
            elif labels[j] != of_i and core <= d < delta:
                total = total + (delta / d) ** alpha - 1
            elif labels[j] != of_i and d < core:
                total = total + 10**alpha - 1 + alpha * 10**alpha * (1 - d / core)
        # At the same place: the straight line's end.
        total = total + len(still) * (10**alpha - 1 + alpha * 10**alpha)
    return total / len(labels)


def on_grid(x):
    return torch.round(x * 1024) / 1024


def rows(count, dim, generator):
    return on_grid(torch.randn(count, dim, generator=generator, dtype=F64))


def draw(kind, size, dim, classes, generator, per_class):
    """A batch: its labels, its samples, and learned vectors where `per_class` is more than 0."""
    labels = torch.randint(classes, (size,), generator=generator).tolist()
    if kind == "single_class":
        labels = [1] * size
    if kind == "all_distinct":
        labels = torch.randperm(classes, generator=generator)[:size].tolist()
    if kind == "equal_counts":
        labels = [c for c in range(classes) for _ in range(size // classes)]
    # Samples of a class are nearer to each other than to most others: ranks and forces then have something to say. In many
    # dimensions, where other classes are nearly at right angles, that needs more noise.
    centres = torch.randn(classes, dim, generator=generator, dtype=F64)
    noise = 2.0 if dim > 10 else 0.7
    embeddings = on_grid(centres[labels] + noise * torch.randn(size, dim, generator=generator, dtype=F64))
    if kind == "duplicates":
        embeddings[1], embeddings[5] = embeddings[0], embeddings[0]
        labels[1], labels[5] = labels[0], (labels[0] + 1) % classes
    if kind == "extreme_norms":
        embeddings = embeddings * torch.tensor([[2.0 ** (30, -30, 0)[i % 3]] for i in range(size)], dtype=F64)
    batch = {"labels": labels, "embeddings": embeddings}
    if per_class:
        near = centres.repeat_interleave(per_class, 0)
        batch["proxies"] = on_grid(near + rows(classes * per_class, dim, generator))
    return batch


def outcome(loss, batch, params, dtype):
    inputs = {"labels": batch["labels"]}
    leaves = [key for key in ("embeddings", "proxies") if key in batch]
    for key in leaves:
        inputs[key] = batch[key].to(dtype).clone().requires_grad_()
    value = loss(inputs, **params)
    value.backward()
    return {"value": value.detach().double(), **{f"grad_{key}": inputs[key].grad.double() for key in leaves}}


def error(found, expected):
    return float((found - expected).abs().max() / expected.abs().max().clamp_min(1e-3))


def library_value(batch, params):
    """Smooth-AP of pytorch-metric-learning, which is right where there are as many classes as samples of each."""
    try:
        from pytorch_metric_learning import losses
    except ImportError:
        return None
    return float(losses.SmoothAPLoss(**params)(batch["embeddings"], torch.tensor(batch["labels"])))


SHAPES = {
    "defaults": (8, 2, 2),
    "other_params": (32, 64, 10),
    "larger": (90, 3, 10),
    "many_classes": (90, 64, 60),
    "single_class": (8, 3, 4),
    "all_distinct": (8, 3, 10),
    "duplicates": (12, 3, 4),
    "extreme_norms": (12, 4, 3),
    "equal_counts": (16, 5, 4),
}

# Loss, its defaults, other hyperparameters, and the kinds of its cases.
LOSSES = [
    (
        "smooth_ap",
        smooth_ap,
        {"temperature": 0.01},
        {"temperature": 0.0625},
        ["defaults", "other_params", "larger", "duplicates", "extreme_norms", "equal_counts"],
    ),
    (
        "recall_at_k",
        recall_at_k,
        {"k_max": 16, "count_temperature": 1.0, "rank_temperature": 0.01},
        {"k_max": 5, "count_temperature": 2.5, "rank_temperature": 0.0625},
        ["defaults", "other_params", "larger", "duplicates", "single_class"],
    ),
    (
        "sigmoid",
        sigmoid_pairs,
        {"scale": 10.0, "bias": -10.0},
        {"scale": 32.0, "bias": -6.5},
        ["defaults", "other_params", "many_classes", "single_class", "all_distinct"],
    ),
    (
        "potential_field",
        potential_field,
        {"proxies_per_class": 2, "alpha": 3.0, "delta": 0.3},
        {"proxies_per_class": 3, "alpha": 2.5, "delta": 1.25},
        ["defaults", "other_params", "larger", "duplicates", "extreme_norms"],
    ),
]


def text(rows):
    lines = ["[" + ",".join(f"{x:.17g}" for x in row) + "]" for row in rows]
    return "[" + ",\n  ".join(lines) + "]"


def rounded(rows):
    lines = ["[" + ",".join(f"{x:.12g}" for x in row) + "]" for row in rows]
    return "[" + ",\n  ".join(lines) + "]"


def case(name, loss, params, kind, number):
    """The first drawn batch that float32 can tell the loss of: no term sits where its rounding decides."""
    size, dim, classes = SHAPES[kind]
    per_class = params.get("proxies_per_class", 0)
    for seed in range(number * 1000, number * 1000 + 100):
        batch = draw(kind, size, dim, classes, torch.Generator().manual_seed(seed), per_class)
        exact = outcome(loss, batch, params, F64)
        if kind == "extreme_norms":
            break
        single = outcome(loss, batch, params, torch.float32)
        if all(error(single[key], exact[key]) < 2e-5 for key in exact) and exact["grad_embeddings"].abs().max() > 1e-3:
            break
    else:
        raise SystemExit(f"{name}, {kind}: no batch is told by float32")
    tag = {"larger": "defaults", "many_classes": "defaults"}.get(kind)
    tags = [tag] if tag else ([kind] if kind in ("defaults", "other_params") else ["defaults", kind])
    agrees = None
    if name == "smooth_ap" and kind == "equal_counts":
        agrees = library_value(batch, params)
        if agrees is not None and abs(agrees - float(exact["value"])) > 1e-6:
            raise SystemExit(f"pytorch-metric-learning says {agrees}, not {float(exact['value'])}")
    fields = [
        ("schema", "1"),
        ("id", json.dumps(f"{name}_{number:02}")),
        ("kind", '"loss"'),
        ("loss", json.dumps(name)),
        ("params", json.dumps(params)),
        ("miner", "null"),
        ("tags", json.dumps(tags)),
        ("batch", str(size)),
        ("dim", str(dim)),
        ("classes", str(classes)),
        ("labels", json.dumps(batch["labels"], separators=(",", ":"))),
        ("embeddings", text(batch["embeddings"])),
    ]
    if per_class:
        fields.append(("proxies", text(batch["proxies"])))
    fields += [("value", f"{float(exact['value']):.16g}"), ("grad_embeddings", rounded(exact["grad_embeddings"]))]
    if per_class:
        fields.append(("grad_proxies", rounded(exact["grad_proxies"])))
    fields.append(("library", json.dumps({"source": f"reference.py: {loss.__doc__.split(',')[0]}, from the paper's formula"})))
    body = ",\n".join(f" {json.dumps(key)}: {value}" for key, value in fields)
    (FOLDER / f"{name}_{number:02}.json").write_text("{\n" + body + "\n}\n")
    print(f"{name}_{number:02} {kind}: {float(exact['value']):.6f}", "" if agrees is None else "as the library")
    return {
        "id": f"{name}_{number:02}",
        "loss": name,
        "miner": None,
        "batch": size,
        "dim": dim,
        "classes": classes,
        "tags": tags,
        "value": float(exact["value"]),
    }


def main():
    index_file = FOLDER / "index.json"
    index = json.loads(index_file.read_text())
    ours = {name for name, *_ in LOSSES}
    listed = [entry for entry in index["cases"] if entry.get("loss") not in ours]
    for name, loss, defaults, other, kinds in LOSSES:
        for number, kind in enumerate(kinds, 1):
            listed.append(case(name, loss, other if kind == "other_params" else defaults, kind, number))
    index["cases"] = listed
    index_file.write_text(json.dumps(index, indent=0, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
