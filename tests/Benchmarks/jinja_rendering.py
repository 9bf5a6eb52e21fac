"""Renders a template over records; prints the bytes of one round and the nanoseconds a record in the middle one."""
import json
import statistics
import sys
import time

import jinja2

given = json.load(sys.stdin)
template = jinja2.Environment().from_string(given["template"])
clauses, types, facts = given["clauses"], given["labels_type"], given["labels_facts"]


def render():
    length = 0
    for clause in clauses:
        length += len(template.render(clause=clause, labels_type=types, labels_facts=facts).rstrip().encode())
    return length


times, length = [], 0
for _ in range(given["rounds"]):
    start = time.perf_counter_ns()
    length = render()
    times.append(time.perf_counter_ns() - start)
print(length, statistics.median(times) / len(clauses))
