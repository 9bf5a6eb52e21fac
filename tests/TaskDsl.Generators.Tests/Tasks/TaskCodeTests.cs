using System.Runtime.CompilerServices;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>The C# of a task in each format.</summary>
public class TaskCodeTests
{
    [Fact]
    public void Text() =>
        Verified(
            """
            task: rewrite
            summary: Says it simply.
            input: {body: {type: text, summary: What is said.}}
            output: {answer: text}
            """
        );

    [Fact]
    public void Label() =>
        Verified(
            """
            task: clause_type
            summary: Names what a contract clause is about.
            languages: [en, zh]
            input:
              clause: {type: text, summary: One clause of a contract.}
            output:
              type:
                type: label
                summary: The kind of clause.
                labels:
                  payment: {surfaces: {en: payment, zh: 付款}, summary: "Prices, invoices & interest."}
                  termination: {surfaces: {en: termination, zh: 解除}}
                  other: other
            examples:
              - {path: data/clauses.en.jsonl, language: en, ignore: [facts], columns: {clause: text}}
              - {path: data/clauses.zh.csv, language: zh, split: test}
            split: {validation: 0.05, test: 0.1, seed: 3}
            stages: [deduplicate, {limit: 500}]
            metrics: [accuracy]
            bad_records: {quarantine: rejects.jsonl}
            """
        );

    [Fact]
    public void Stages() =>
        Verified(
            """
            task: triage
            summary: Sorts tickets.
            languages: [en, zh]
            input: {subject: string, body: text, urgency: int?}
            output:
              team: {type: label, labels: {billing: {surfaces: {en: Billing, zh: 账单}}, other: {}}}
              seen: {type: "labels?", labels: [new, old]}
            examples: [{path: data/clauses.en.jsonl, group: ticket, columns: {subject: title}}]
            stages:
              - normalize_text: {form: nfkc, fields: [body]}
              - map:
                  subject: "{{ subject | string.strip }} ({{ language }})"
                  team: '{{ if urgency > 3 }}other{{ else }}{{ team }}{{ end }}'
              - filter: body.size > 20 && team != 'other'
              - filter: {where: seen | array.contains 'new'}
              - near_deduplicate: {threshold: 0.9, by: body | string.downcase}
              - balance: {by: team + '/' + language, most: 500}
              - sample: 0.1
              - shuffle
            split: {stratified: {by: urgency, test: 0.3}}
            """
        );

    [Fact]
    public void Labels() =>
        Verified(
            """
            task: topics
            input: {body: text}
            output: {topics: {type: labels, labels: [law, money]}}
            """
        );

    [Fact]
    public void Lines() =>
        Verified(
            """
            task: key_terms
            input: {body: text}
            output: {terms: list<string>}
            """
        );

    [Fact]
    public void Entities() =>
        Verified(
            """
            task: clause_facts
            input: {clause: text}
            output:
              facts: {type: entities, of: clause, labels: [party, money]}
            """
        );

    [Fact]
    public void Choice() =>
        Verified(
            """
            task: exam
            input: {question: text, options: list<text>}
            output:
              answer: {type: choice, of: options}
            """
        );

    [Fact]
    public void Choices_beside_other_fields() =>
        Verified(
            """
            task: ruling
            input: {opinion: text, holdings: list<string>, judges: list<string>}
            output:
              reason: text
              holding: {type: choice, of: holdings, any_of: true}
              dissent: {type: choice?, of: judges}
            """
        );

    [Fact]
    public void Json() =>
        Verified(
            """
            task: order
            summary: Reads an order.
            input: {mail: text, sender: string?}
            output:
              urgent: bool
              amount: float?
              unit: {type: label?, labels: [day, week]}
              notes: {type: entities?, of: mail, labels: [date]}
              items:
                type: list<record>
                summary: What is ordered.
                fields:
                  name: string
                  count: int?
            """
        );

    private static void Verified(string yaml, [CallerFilePath] string file = "", [CallerMemberName] string method = "") =>
        Snapshot.Verify(
            Desk.Empty.Add("data/clauses.en.jsonl").Add("data/clauses.zh.csv").Add("a.task.yaml", yaml).Run().Compiles()["a.task.g.cs"],
            "cs",
            "",
            file,
            method
        );
}
