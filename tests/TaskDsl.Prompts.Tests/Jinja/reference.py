"""Renders chat templates by Jinja2 itself, set up as transformers sets it up; JinjaReferenceTests compare ours with what comes out.

    python3 reference.py fragments.json > fragments.golden.json         what the repository has
    python3 reference.py FOLDER… > /tmp/cases.json                      a development check over real templates:
    TASKDSL_CHAT_CASES=/tmp/cases.json dotnet test --filter JinjaReference

A folder holds tokenizer_config.json and *.jinja files, at any depth; a JSON file holds a list of {"template", "variables"}. A template without
variables of its own is rendered with conversations.
Needs Jinja2 3.1 (Debian's python3-jinja2). Real templates belong to their authors: they stay out of the repository.
"""

import datetime
import itertools
import json
import pathlib
import sys

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2024, 7, 26, 12, 0, 0)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("body"), [], [], body).set_lineno(line)

    def body(self, caller):
        return caller()


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


SYSTEM = {"role": "system", "content": "Be brief.\n"}
USER = {"role": "user", "content": "  What is 2+2?  "}
ANSWER = {"role": "assistant", "content": "4\n"}
AGAIN = {"role": "user", "content": "And <|im_end|> \"3+3\"?\nExplain 😀 中文."}
THOUGHT = {"role": "assistant", "content": "<think>\nLet me see.\n</think>\n\nsix"}
CALL = {"role": "assistant", "content": "", "tool_calls": [{"id": "call12345", "type": "function", "function": {"name": "weather", "arguments": {"city": "Zürich", "days": 2, "exact": True, "unit": None}}}]}
RESULT = {"role": "tool", "tool_call_id": "call12345", "name": "weather", "content": "{\"t\": 3.5}"}
PARTS = {"role": "user", "content": [{"type": "text", "text": "Part one."}, {"type": "image"}, {"type": "text", "text": "Two."}]}
TOOLS = [{"type": "function", "function": {"name": "weather", "description": "The weather of a city.", "parameters": {"type": "object", "properties": {
    "city": {"type": "string", "description": "The city's name."}, "days": {"type": "integer", "default": 1}, "unit": {"type": ["string", "null"], "enum": ["C", "F"]},
    "places": {"type": "array", "items": {"type": "string"}}}, "required": ["city"]}, "return": {"type": "number", "description": "Degrees."}}}]
CONVERSATIONS = [[USER], [SYSTEM, USER], [USER, ANSWER], [SYSTEM, USER, ANSWER], [USER, ANSWER, AGAIN], [SYSTEM, USER, ANSWER, AGAIN, THOUGHT], [USER, THOUGHT, AGAIN], [AGAIN, ANSWER, USER, ANSWER],
                 [USER, CALL, RESULT], [SYSTEM, USER, CALL, RESULT, ANSWER, AGAIN], [PARTS, ANSWER], [USER, USER], []]


def conversations():
    for messages, prompt, tools, more in itertools.product(CONVERSATIONS, (False, True), (None, TOOLS), ({}, {"enable_thinking": False})):
        yield {"messages": messages, "add_generation_prompt": prompt, "tools": tools, "documents": None, "bos_token": "<s>", "eos_token": "</s>", **more}


def templates(path):
    if path.name == "tokenizer_config.json":
        given = json.loads(path.read_text()).get("chat_template") or []
        for template in [given] if isinstance(given, str) else [g["template"] for g in given]:
            yield template, None
    elif path.suffix == ".json":
        for case in json.loads(path.read_text()):
            yield case["template"], case.get("variables")
    elif path.suffix == ".jinja":
        yield path.read_text(), None
    else:
        for inner in sorted(path.rglob("*")):
            if inner.suffix == ".jinja" or inner.name == "tokenizer_config.json":
                yield from templates(inner)


def run(template, variables):
    try:
        return {"variables": variables, "out": environment().from_string(template).render(**variables)}
    except Exception as e:  # Whatever Jinja refuses, ours must refuse.
        return {"variables": variables, "error": f"{type(e).__name__}: {e}"}


def main(paths):
    cases, seen = [], set()
    for template, variables in itertools.chain.from_iterable(templates(pathlib.Path(p)) for p in paths):
        if variables is None and template not in seen:
            seen.add(template)
            cases.append({"template": template, "runs": [run(template, v) for v in conversations()]})
        elif variables is not None:
            cases.append({"template": template, "runs": [run(template, variables)]})
    json.dump(cases, sys.stdout, ensure_ascii=False, indent=1)


main(sys.argv[1:])
