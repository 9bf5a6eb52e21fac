"""Writes sklearn.json and seqeval.json: what the field's reference implementations make of answers, for ReferenceTests.

Debian's python3-sklearn, and a checkout of github.com/chakki-works/seqeval (MIT), whose tests/data/ground_truth.txt is the text of its
own test against conlleval:

    apt-get install python3-sklearn
    git clone https://github.com/chakki-works/seqeval && git -C seqeval checkout cd01b5210eaa65e691c22320aba56f2be9e9fc43
    PYTHONPATH=seqeval /usr/bin/python3 tests/TaskDsl.Tests/Metrics/reference.py seqeval

Answers are [gold, predicted], each the labels of one example; predicted is null where an answer did not parse.
"""

import json
import pathlib
import random
import sys
import warnings

import sklearn
from seqeval.metrics import f1_score as entity_f1
from seqeval.metrics.sequence_labeling import get_entities
from sklearn.metrics import accuracy_score, f1_score
from sklearn.preprocessing import MultiLabelBinarizer

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).parent
LABELS = "abcde"
DRAW = random.Random(20)


def write(name, source, version, cases):
    lines = ",\n".join("    " + json.dumps(case, ensure_ascii=False) for case in cases)
    (HERE / name).write_text(f'{{\n  "source": {json.dumps(source)},\n  "version": {json.dumps(version)},\n  "cases": [\n{lines}\n  ]\n}}\n')


def one(what, answers):
    """One label an example: what does not parse is a class that is not asked for."""
    gold, predicted = zip(*answers)
    read = [label or "" for label in predicted]
    labels = sorted(set(gold) | set(predicted) - {None})
    return {
        "what": what,
        "answers": [[[g], None if p is None else [p]] for g, p in answers],
        "accuracy": accuracy_score(gold, read),
        "macro_f1": f1_score(gold, read, average="macro", labels=labels),
        "micro_f1": f1_score(gold, read, average="micro", labels=labels),
        "exact_match": accuracy_score(gold, read),
    }


def several(what, answers):
    """Any number of labels an example."""
    gold, predicted = zip(*answers)
    columns = MultiLabelBinarizer().fit([*gold, *predicted])
    gold, predicted = columns.transform(gold), columns.transform(predicted)
    return {
        "what": what,
        "answers": answers,
        "accuracy": accuracy_score(gold, predicted),
        "macro_f1": f1_score(gold, predicted, average="macro"),
        "micro_f1": f1_score(gold, predicted, average="micro"),
        "exact_match": accuracy_score(gold, predicted),
    }


def some():
    return sorted(DRAW.sample(LABELS, DRAW.randrange(0, 4)))


write(
    "sklearn.json",
    "scikit-learn, Debian's python3-sklearn; written by reference.py",
    sklearn.__version__,
    [
        one("drawn", [(DRAW.choice(LABELS), DRAW.choice(LABELS)) for _ in range(40)]),
        one("a label that is never gold, one that is never answered", [("a", "a"), ("a", "c"), ("b", "a"), ("b", "a")]),
        one("some do not parse", [("a", "a"), ("b", None), ("b", "b"), ("c", None), ("a", "b")]),
        several("drawn", [[some(), some()] for _ in range(40)]),
        several("every label is answered", [[["a"], ["a", "b", "c", "d"]]]),
        several("labels where there are none", [[[], ["a", "b"]], [["a"], ["a"]]]),
        several("none where there are none", [[[], []], [["a"], ["a"]], [["b"], []]]),
    ],
)


def entities(tags):
    """Kind and words of each entity; each word's place stands for it, so that the same text at another place is another."""
    return [[kind, " ".join(str(i) for i in range(begin, end + 1))] for kind, begin, end in get_entities(tags)]


def tagged(what, gold, predicted, published):
    return {
        "what": what,
        "answers": [[entities(g), entities(p)] for g, p in zip(gold, predicted)],
        "micro_f1": entity_f1(gold, predicted, average="micro"),
        "macro_f1": entity_f1(gold, predicted, average="macro"),
        "published": published,
    }


def ground_truth(checkout):
    text = (pathlib.Path(checkout) / "tests" / "data" / "ground_truth.txt").read_text()
    sentences = [[line.split(" ")[2:] for line in sentence.splitlines()] for sentence in text.strip().split("\n\n")]
    return [[tags[0] for tags in s] for s in sentences], [[tags[1] for tags in s] for s in sentences]


write(
    "seqeval.json",
    "github.com/chakki-works/seqeval (MIT), its README, tests/test_metrics.py and tests/data/ground_truth.txt; written by reference.py",
    "1.2.2, commit cd01b5210eaa65e691c22320aba56f2be9e9fc43",
    [
        tagged(
            "README",
            [["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]],
            [["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]],
            0.5,
        ),
        tagged("test_conll_f1score", [["B-ORG", "I-ORG"]], [["I-ORG", "I-ORG"]], 1),
        tagged(
            "test_performance_measure",
            [["O", "O", "O", "B-MISC", "I-MISC", "O", "B-ORG"], ["B-PER", "I-PER", "O", "B-PER"]],
            [["O", "O", "B-MISC", "I-MISC", "I-MISC", "O", "O"], ["B-PER", "I-PER", "O", "B-MISC"]],
            None,
        ),
        tagged("ground_truth.txt, by conlleval", *ground_truth(sys.argv[1]), 0.7435),
    ],
)
