using System.Text.RegularExpressions;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>Reads a task's shape out of its bound YAML and checks that it hangs together.</summary>
public static class TaskReader
{
    /// <summary>Null where the task cannot be compiled; there are then problems that say why.</summary>
    public static TaskModel? Read(BoundRecord task, string path, VocabularyModel vocabulary, List<Problem> problems)
    {
        var before = problems.Count;
        var name = (BoundScalar)task["name"]!;
        var className = Names.Pascal(name.Scalar.Value);
        if (className is null)
            return null;
        if (FieldNames.IsReserved(className))
            problems.Add(
                new Problem(
                    Rules.BadName,
                    path,
                    name.Span,
                    name.Scalar.Value,
                    $"the generated class '{className}' would clash with what TaskDsl generates; choose another name"
                )
            );

        var languages = Languages(task, path, problems);
        // A language that is missing is told once; where the languages themselves are wrong, none is.
        var told = new HashSet<string>(StringComparer.Ordinal);
        var areKnown = problems.Count == before && (task["languages"] is not null || (task.Node as YamlMapping)?["languages"] is null);
        bool Lacks(string tag) => areKnown && !languages.Contains(tag) && told.Add(tag);
        var fields = new FieldReader(new FieldNames(className), languages, Lacks, path, problems);
        var (inputMap, outputMap) = ((BoundMap)task["input"]!, (BoundMap)task["output"]!);
        var input = fields.Read(inputMap, "Input", "", mayBeNone: true);
        var output = fields.Read(outputMap, "Output", "");

        // A field that is wrong is missing from here on: what refers to it is not a second mistake.
        var isWhole = fields.IsWhole;
        var check = new TaskChecks(task, path, problems, languages, Lacks, input, output);
        check.Names(inputMap, outputMap);
        if (isWhole)
            check.Copies(inputMap, outputMap);
        var format = isWhole ? check.Format() : AnswerFormat.Json;
        if (isWhole)
            check.Metrics(vocabulary);
        if (isWhole)
            check.Sources();
        if (isWhole)
            check.FieldNames(task);
        check.Split();
        return problems.Skip(before).Any(p => p.IsError) || !areKnown || !isWhole
            ? null
            : new TaskModel(name.Scalar.Value, className, task.Text("summary") ?? "", new(languages), new(input), new(output), format);
    }

    private static List<string> Languages(BoundRecord task, string path, List<Problem> problems)
    {
        var languages = new List<string>();
        foreach (var item in task.Items("languages").OfType<BoundScalar>())
        {
            var tag = item.Scalar.Value;
            if (!Regex.IsMatch(tag, "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"))
                problems.Add(new Problem(Rules.BadTask, path, item.Span, $"'{tag}' is not a language tag, as en, zh or pt-BR"));
            else if (languages.Contains(tag))
                problems.Add(new Problem(Rules.DuplicateKey, path, item.Span, tag));
            else
                languages.Add(tag);
        }

        if (task["languages"] is BoundList { Items.Count: 0 } none)
            problems.Add(new Problem(Rules.BadTask, path, none.Span, "at least one language is needed, as languages: [en]"));
        return languages.Count > 0 ? languages : [(string)task.Type.Default("languages")!];
    }
}
