"""Writes sari.json: what Hugging Face's evaluate makes of answers, for SariTests.

    git clone https://github.com/huggingface/evaluate
    python3 tests/TaskDsl.Tests/Metrics/sari_reference.py evaluate/metrics/sari/sari.py

Of that file only the two functions that count are taken, since its tokenizer leaves lower-case letters as they are.
Each case is [source, gold, answer, score].
"""

import collections
import json
import pathlib
import random
import sys

text = pathlib.Path(sys.argv[1]).read_text()
counting = {"Counter": collections.Counter}
exec(text[text.index("def SARIngram") : text.index("def normalize")], counting)

draw = random.Random(3)
words = "the a cat dog sits sit on old mat red".split()


def sentence():
    return [draw.choice(words) for _ in range(draw.randint(1, 12))]


def edited(sentence):
    return [draw.choice([word, word, word, draw.choice(words)]) for word in sentence if draw.random() > 0.2] or ["the"]


cases = []
for _ in range(200):
    source = sentence()
    gold, answer = edited(source), edited(source)
    source, gold, answer = (" ".join(one) for one in (source, gold, answer))
    cases.append([source, gold, answer, counting["SARIsent"](source, answer, [gold])])
    cases.append([source, gold, gold, counting["SARIsent"](source, gold, [gold])])
lines = ",\n".join("    " + json.dumps(case) for case in cases)
(pathlib.Path(__file__).parent / "sari.json").write_text(f'{{\n  "source": "huggingface/evaluate, metrics/sari",\n  "cases": [\n{lines}\n  ]\n}}\n')
