using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>Checks that the parts of a task fit each other.</summary>
internal sealed class TaskChecks(
    BoundRecord task,
    string path,
    List<Problem> problems,
    List<string> languages,
    Func<string, bool> lacks,
    List<FieldModel> input,
    List<FieldModel> output
)
{
    /// <summary>Names across input and output.</summary>
    public void Names(BoundMap inputMap, BoundMap outputMap)
    {
        foreach (var entry in outputMap.Entries)
            if (inputMap.Entries.Any(e => e.Key.Value == entry.Key.Value))
                Report(
                    entry.Key,
                    $"the field '{entry.Key.Value}' is also in the input; "
                        + "a record holds both in one object, so each needs a name of its own"
                );
        var count = inputMap.Entries.Count + outputMap.Entries.Count;
        if (count > 64)
            Report(outputMap.Node, $"input and output have {count} fields together, more than the 64 that a record may have");
    }

    /// <summary>What entities are copied from, and choices made among.</summary>
    public void Copies(BoundMap inputMap, BoundMap outputMap)
    {
        var texts = input.Where(f => f.Type.IsText).Select(f => f.Name).ToList();
        var lists = input.Where(f => f.Type is ListField { Element.IsText: true, IsOptional: false }).Select(f => f.Name).ToList();
        foreach (var entry in inputMap.Entries.Concat(outputMap.Entries))
        {
            var isChosen = output.Exists(f => f.Name == entry.Key.Value && f.Type.IsChosen);
            var isCopied = input.Concat(output).Any(f => f.Name == entry.Key.Value && f.Type.IsCopied);
            // Where 'of' has no place that is told already.
            if ((entry.Value as BoundRecord)?["of"] is not BoundScalar of || !(isChosen || isCopied))
                continue;
            var (fitting, name) = (isChosen ? lists : texts, of.Scalar.Value);
            if (fitting.Contains(name))
                continue;
            Report(
                of.Node,
                !IsField(name) ? $"the input has no field '{name}'{Suggest(name, fitting)}"
                    : isChosen
                        ? "a choice is made among a list of texts of the input that is never absent, as "
                            + $"list<text>; '{name}' is none{Suggest(name, fitting)}"
                    : $"entities are copied from a text of the input; '{name}' is none{Suggest(name, fitting)}"
            );
        }

        // What is no field at all is told with all other names of fields.
        if (
            (task["format"] as BoundRecord)?["of"] is BoundScalar edited
            && IsField(edited.Scalar.Value)
            && !texts.Contains(edited.Scalar.Value)
        )
            Report(edited.Node, $"an answer is written over a text of the input; '{edited.Scalar.Value}' is none");

        bool IsField(string name) => input.Concat(output).Any(f => f.Name == name);
    }

    /// <summary>The format that is given or that fits.</summary>
    public AnswerFormat Format()
    {
        var only = output.Count == 1 && !output[0].Type.IsOptional ? output[0].Type : null;
        var fitting = only?.Format is { } word ? AnswerFormat.Called(word) : AnswerFormat.Json;
        if (task["format"] is not BoundRecord { Type: var given } record)
            return fitting;
        var format = AnswerFormat.Named(given, record.Properties.Any(IsText) ? record.Text("of") : null);
        if (format.IsJson || (only is not null && given.Writes.Contains(only.Written)))
            return format;
        Report(
            record.Node,
            given.Writes.Count == 0
                ? $"format {given.Label} does not say what it writes; its record needs [Writes] with the types of field"
                : $"format {given.Label} writes one field of type {string.Join(" or ", given.Writes)} that is never absent, "
                    + $"and the output has {Describe()}; format {fitting.Word} fits"
        );
        return fitting;
    }

    private static bool IsText(BoundProperty property) => property.Property is { Key: "of", FieldTypes: not null };

    /// <summary>What each metric is defined for.</summary>
    public void Metrics(VocabularyModel vocabulary)
    {
        if (task["metrics"] is not BoundList metrics)
            return;
        var only = output.Count == 1 ? output[0].Type.Written.TrimEnd('?') : null;
        bool Fits(RecordModel metric) => metric.Measures.Count == 0 || (only is not null && metric.Measures.Contains(only));
        foreach (var metric in metrics.Items.OfType<BoundRecord>().Where(metric => !Fits(metric.Type)))
        {
            var fitting = vocabulary
                .Type<ChoiceModel>(metrics.Element.Name)
                .Keywords.Where(keyword => Fits(vocabulary.Type<RecordModel>(keyword.Type)))
                .Select(keyword => keyword.Word);
            problems.Add(
                new Problem(
                    Rules.UnfitMetric,
                    path,
                    metric.Span,
                    metric.Type.Label,
                    string.Join(" or ", metric.Type.Measures),
                    Describe(),
                    string.Join(", ", fitting)
                )
            );
        }
    }

    /// <summary>What the sources of examples say of fields and languages.</summary>
    public void Sources()
    {
        var names = input.Concat(output).Select(f => f.Name).ToList();
        foreach (var source in task.Items("examples").OfType<BoundRecord>())
        {
            if (source["language"] is BoundScalar language && lacks(language.Scalar.Value))
                Report(language.Node, $"the task has no language '{language.Scalar.Value}', only {string.Join(", ", languages)}");
            if (source["shape"] is not (null or BoundNull) and { } shape && output.FirstOrDefault(f => f.Type.IsChosen) is { } chosen)
                Report(
                    shape.Node,
                    $"letters are each record's own, so an answer that is one text does not tell '{chosen.Name}', which is a "
                        + $"{chosen.Type.Word}: a field of its name must have the option's text"
                );
            var read = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var name in names)
                read[name] = name;
            foreach (var column in source.Entries("columns"))
            {
                if (!names.Contains(column.Key.Value))
                    Report(
                        column.Key,
                        $"the task has no field '{column.Key.Value}'{Suggest(column.Key.Value, names)} "
                            + "(columns are written as field: column)"
                    );
                else if (column.Value is BoundScalar { Value: string from })
                    read[column.Key.Value] = from;
            }

            foreach (var column in source["shape"] is null or BoundNull ? source.Entries("columns") : [])
                if (
                    column.Value is BoundScalar { Value: string from }
                    && read.FirstOrDefault(r => r.Value == from && r.Key != column.Key.Value).Key is { } other
                    && (read[other] == other || string.CompareOrdinal(other, column.Key.Value) < 0)
                )
                    Report(column.Value.Node, $"column '{from}' is read as the field '{other}' already; a column is read into one field");
            foreach (var ignored in source.Items("ignore").OfType<BoundScalar>())
                if (read.FirstOrDefault(r => r.Value == ignored.Scalar.Value).Key is { } field)
                    Report(ignored.Node, $"column '{ignored.Scalar.Value}' is read as the field '{field}', so it cannot be ignored");
        }
    }

    /// <summary>What names fields of the task, wherever it stands.</summary>
    public void FieldNames(BoundValue value) => NamedFields.Check(value, [.. input, .. output], Report);

    /// <summary>What is left to train on.</summary>
    public void Split()
    {
        if (task["split"] is not BoundRecord split)
            return;
        double Share(string key) => (double)((split[key] as BoundScalar)?.Value ?? split.Type.Default(key) ?? 0.0);
        var (validation, test) = (Share("validation"), Share("test"));
        if (validation + test >= 1)
            Report(
                (split["test"] ?? split["validation"] ?? split).Node,
                FormattableString.Invariant($"validation ({validation}) and test ({test}) leave nothing to train on")
            );
    }

    private string Describe() =>
        output.Count == 1
            ? $"one {output[0].Type.Written}"
            : string.Join(", ", output.Take(4).Select(f => f.Type.Written)) + (output.Count > 4 ? ", …" : "");

    private static string Suggest(string word, List<string> words) => words.Count == 0 ? "" : NearestWord.Choice(word, words);

    private void Report(YamlNode node, string message) => problems.Add(new Problem(Rules.BadTask, path, node.Span, message));
}
