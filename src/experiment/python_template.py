"""A race of metric learning losses, exported from Kyori.

Trains the same setting with PyTorch and pytorch-metric-learning, and prints each curve as CSV:

    pip install torch numpy pytorch-metric-learning
    python kyori_race.py > curves.csv

It reads @FILES@, to be found in the folder data/ of the page that wrote this script.

The network, its initial distribution, the optimiser, the kind of batches, the losses with their
settings, the split and the metrics are Kyori's; the random numbers are PyTorch's. So single curves
differ, and means over seeds agree within their confidence bands.

The setting as a link: #@FRAGMENT@
"""

import argparse
import csv
import struct
import sys
import time
import zlib
from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
from pytorch_metric_learning import distances, losses, miners  # noqa: F401

# Kernel, stride, channels, pool, and pixels of white before and behind the picture; None is a network of fully connected
# layers only.
CONVOLUTION = @CONVOLUTION@
HIDDEN = @HIDDEN@
DIM = @DIM@
STEPS = @STEPS@
WARMUP_STEPS = @WARMUP@
DECAY_EVERY = @DECAY_EVERY@
DECAY = @DECAY@
WEIGHT_DECAY = @WEIGHT_DECAY@
CLIP_VALUE = @CLIP@
SAMPLER = @SAMPLER@
SEEDS = @SEEDS@
FIRST_SEED = @SEED@
LABEL_NOISE = @LABEL_NOISE@
# Training pictures are moved by up to so many pixels.
SHIFT = @SHIFT@
# How many of the last batches a batch is compared with beside itself, and the steps before the first one is kept.
MEMORY = @MEMORY@
MEMORY_AFTER = @MEMORY_AFTER@
EVALUATE_AT = @EVALUATE_AT@

# Classes to train on, by their number in the file.
TRAIN_CLASSES = @TRAIN_CLASSES@
# Pictures to train on; None is all of those classes.
TRAIN = @TRAIN@
# Pictures that the metrics are computed on.
EVALUATION = @EVALUATION@

# File of a pre-trained first layer; None starts from random weights.
BACKBONE = @BACKBONE@

CLASSES = len(TRAIN_CLASSES)


@dataclass
class Entry:
    id: str
    lr: float
    class_lr_factor: float
    # Whether it can be compared with earlier batches.
    memory: bool
    loss: Callable
    miner: Callable


class Softmax(torch.nn.Module):
    """Softmax cross-entropy of a linear classifier; nothing is normalised."""

    def __init__(self, classes, dim):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(classes, dim))
        self.bias = torch.nn.Parameter(torch.zeros(classes))

    def forward(self, embeddings, labels, _=None):
        return torch.nn.functional.cross_entropy(embeddings @ self.weight.T + self.bias, labels)


ENTRIES = [
@ENTRIES@]


def read_whole(path, magic):
    """A file's bytes, if they begin and end as they should."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != magic or zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        sys.exit(f"{path} is not a whole file of this kind ({magic.decode()})")
    return data


def read_pictures(path):
    """Pictures as floats from 0 to 1, one a row, and the class of each."""
    data = read_whole(path, b"KYORISET")
    at = 14
    width, height, ink = struct.unpack_from("<HHB", data, at)
    at += 5
    at += 1 + data[at]
    (classes,) = struct.unpack_from("<I", data, at)
    at += 4
    counts = []
    for _ in range(classes):
        (count,) = struct.unpack_from("<I", data, at)
        counts.append(count)
        at += 5 + data[at + 4]
    values = np.frombuffer(zlib.decompress(data[at:-4], -15), np.uint8)
    if ink <= 15:
        values = np.stack([values >> 4, values & 15], 1).reshape(-1)
    pixels = sum(counts) * width * height
    values = values[:pixels].astype(np.int64) * 255 // ink
    pictures = (values / 255).astype(np.float32).reshape(-1, width * height)
    return torch.from_numpy(pictures), np.repeat(np.arange(classes), counts)


def read_backbone(path):
    """Weights and biases of the pre-trained first layer."""
    data = read_whole(path, b"KYORINET")
    at = 14
    inputs, units, about = struct.unpack_from("<HHH", data, at)
    at += 6 + about
    (classes,) = struct.unpack_from("<H", data, at)
    at += 2 + 2 * classes
    layer = []
    for shape in [(inputs, units), (units,)]:
        (largest,) = struct.unpack_from("<f", data, at)
        shares = np.frombuffer(data, "<i2", int(np.prod(shape)), at + 4)
        layer.append(torch.from_numpy((shares.astype(np.float32) / 32767 * largest).reshape(shape)))
        at += 4 + shares.nbytes
    return layer[0].T, layer[1]


def network(features, backbone):
    layers = []
    if CONVOLUTION:
        kernel, stride, channels, pool, before, behind = CONVOLUTION
        side = round(features**0.5)
        layers += [torch.nn.Unflatten(1, (1, side, side)), torch.nn.ZeroPad2d((before, behind, before, behind))]
        layers += [torch.nn.Conv2d(1, channels, kernel, stride), torch.nn.ReLU(), torch.nn.AvgPool2d(pool)]
        layers += [torch.nn.Flatten()]
        with torch.no_grad():
            features = torch.nn.Sequential(*layers)(torch.zeros(1, features)).shape[1]
    widths = [features, *HIDDEN, DIM]
    for rows, columns in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(rows, columns), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers[:-1])
    learned = [layer for layer in net if hasattr(layer, "weight")]
    with torch.no_grad():
        for layer in learned if CONVOLUTION else []:
            torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            layer.bias.zero_()
        if backbone:
            learned[0].weight.copy_(backbone[0].reshape(learned[0].weight.shape))
            learned[0].bias.copy_(backbone[1])
    return net


def noisy(labels, rng):
    wrong = round(LABEL_NOISE * len(labels))
    if wrong and CLASSES > 1:
        labels = labels.copy()
        at = rng.choice(len(labels), wrong, replace=False)
        labels[at] = (labels[at] + rng.integers(1, CLASSES, wrong)) % CLASSES
    return labels


def shifted(pictures, rng):
    """Pictures moved at random, each by itself, with white coming in."""
    if not SHIFT:
        return pictures
    side = round(pictures.shape[1] ** 0.5)
    wide = torch.nn.functional.pad(pictures.reshape(-1, side, side), [SHIFT] * 4)
    corners = rng.integers(0, 2 * SHIFT + 1, (len(pictures), 2))
    moved = [picture[top : top + side, left : left + side] for picture, (top, left) in zip(wide, corners)]
    return torch.stack(moved).reshape(len(pictures), -1)


def batches(labels, rng):
    """Positions in the training set, batch after batch."""
    kind, first, second = SAMPLER
    if kind == "shuffled":
        while True:
            order = rng.permutation(len(labels))
            for start in range(0, len(labels) - first + 1, first):
                yield order[start : start + first]
    members = [np.flatnonzero(labels == label) for label in range(CLASSES)]
    members = [member for member in members if len(member)]
    while True:
        chosen = rng.choice(len(members), first, replace=False)
        picks = [np.resize(rng.permutation(members[label])[:second], second) for label in chosen]
        yield np.concatenate(picks)


def quality(embeddings, classes):
    """Recall@1, R-precision and MAP@R by cosine, each sample a query among the others."""
    unit = torch.nn.functional.normalize(embeddings, dim=1).double()
    similarity = unit @ unit.T
    similarity.fill_diagonal_(-torch.inf)
    order = similarity.argsort(dim=1, descending=True, stable=True).numpy()
    hits = classes[order] == classes[:, None]
    recall, precision, average = [], [], []
    for query, row in zip(classes, hits):
        relevant = int((classes == query).sum()) - 1
        if relevant == 0:
            continue
        row = row[:relevant]
        recall.append(row[0])
        precision.append(row.mean())
        average.append((row * row.cumsum() / np.arange(1, relevant + 1)).mean())
    return np.mean(recall), np.mean(precision), np.mean(average)


def compared(loss_function, miner, embeddings, truth, kept):
    """The loss of a batch, and of the batches that were kept. The library does not know that the first of what a batch is
    compared with are its own samples, so pairs of a sample and itself are taken out here."""
    others = torch.cat([embeddings, *(batch for batch, _ in kept)])
    other_truth = torch.cat([truth, *(labels for _, labels in kept)])
    if miner:
        anchors, positives, *negatives = miner(embeddings, truth, others, other_truth)
        pairs = (anchors[anchors != positives], positives[anchors != positives], *negatives)
    else:
        same = truth[:, None] == other_truth[None, :]
        negatives = torch.where(~same)
        pairs = (*torch.where(same.fill_diagonal_(False)), *negatives)
    return loss_function(embeddings, truth, pairs, others, other_truth)


def rate_factor(step):
    """Of the learning rates, at a step that counts from 1."""
    warmup = step / WARMUP_STEPS if step < WARMUP_STEPS else 1.0
    decay = DECAY ** ((step - 1) // DECAY_EVERY) if DECAY_EVERY else 1.0
    return warmup * decay


def train(entry, seed, pictures, classes, backbone, steps, write):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    train_classes = np.array(TRAIN_CLASSES)
    indices = np.flatnonzero(np.isin(classes, train_classes)) if TRAIN is None else np.array(TRAIN)
    numbers = np.full(classes.max() + 1, -1)
    numbers[train_classes] = np.arange(CLASSES)
    labels = noisy(numbers[classes[indices]], rng)

    net = network(pictures.shape[1], backbone)
    loss_function, miner = entry.loss(), entry.miner()
    with torch.no_grad():
        for name, parameter in loss_function.named_parameters():
            if name != "bias":
                parameter.normal_(std=DIM**-0.5)
    groups = [{"params": list(net.parameters()), "lr": entry.lr}]
    learned = list(loss_function.parameters())
    if learned:
        groups.append({"params": learned, "lr": entry.lr * entry.class_lr_factor})
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)
    base = [group["lr"] for group in optimiser.param_groups]
    every_parameter = [*net.parameters(), *learned]

    seconds = 0.0
    kept = []
    draws = batches(labels, rng)
    for step in range(steps + 1):
        if step:
            started = time.perf_counter()
            batch = next(draws)
            embeddings = net(shifted(pictures[indices[batch]], rng))
            truth = torch.from_numpy(labels[batch])
            if kept:
                loss = compared(loss_function, miner, embeddings, truth, kept)
            elif miner:
                loss = loss_function(embeddings, truth, miner(embeddings, truth))
            else:
                loss = loss_function(embeddings, truth)
            if MEMORY and entry.memory and step > MEMORY_AFTER:
                kept = [*kept, (embeddings.detach(), truth)][-MEMORY:]
            optimiser.zero_grad()
            loss.backward()
            if CLIP_VALUE:
                torch.nn.utils.clip_grad_value_(every_parameter, CLIP_VALUE)
            for group, rate in zip(optimiser.param_groups, base):
                group["lr"] = rate * rate_factor(step)
            optimiser.step()
            seconds += time.perf_counter() - started
        if step in EVALUATE_AT or step == steps:
            with torch.no_grad():
                found = quality(net(pictures[EVALUATION]), classes[EVALUATION])
            write([entry.id, seed, step, f"{seconds:.4f}", *(f"{value:.6f}" for value in found)])


def main():
    parser = argparse.ArgumentParser(description="A race of metric learning losses, exported from Kyori")
    parser.add_argument("--data", default="@FILE@", help="the data set's file")
    if BACKBONE:
        parser.add_argument("--backbone", default=BACKBONE, help="the pre-trained layer's file")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    pictures, classes = read_pictures(arguments.data)
    backbone = read_backbone(arguments.backbone) if BACKBONE else None
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["loss", "seed", "step", "train_seconds", "recall_at_1", "r_precision", "map_at_r"])
    for entry in ENTRIES:
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
            train(entry, seed, pictures, classes, backbone, arguments.steps, writer.writerow)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
