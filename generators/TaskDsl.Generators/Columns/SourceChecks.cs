using System.Text;
using TaskDsl.Data.Files;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Yaml;
using TaskDsl.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Columns;

/// <summary>Checks what a task says of its sources against the starts of their files.</summary>
internal sealed class SourceChecks
{
    private readonly string path;
    private readonly BoundRecord source;
    private readonly YamlNode place;
    private readonly IReadOnlyList<FieldModel> fields;
    private readonly Dictionary<string, (YamlNode Place, string Column)> mapped = new(StringComparer.Ordinal);
    private readonly List<BoundScalar> ignored;
    private readonly List<Problem> problems = [];
    private readonly Dictionary<Problem, string> missing = [];

    private SourceChecks(string path, BoundRecord source, IReadOnlyList<FieldModel> fields)
    {
        (this.path, this.source, this.fields) = (path, source, fields);
        place = source["path"]!.Node;
        ignored = [.. source.Items("ignore").OfType<BoundScalar>()];
        foreach (var entry in source.Entries("columns"))
            if (entry.Value is BoundScalar { Value: string column } value)
                mapped[entry.Key.Value] = (value.Node, column);
    }

    /// <summary>The problems of a task's sources, one for each mistake: of several files the first one shows it.</summary>
    /// <param name="path">The task's file.</param>
    /// <param name="task">The task.</param>
    /// <param name="fields">Its fields, of input and output.</param>
    /// <param name="language">Its first language.</param>
    /// <param name="starts">The starts of the project's data files.</param>
    public static IEnumerable<Problem> Of(
        string path,
        BoundRecord task,
        IReadOnlyList<FieldModel> fields,
        string language,
        EquatableArray<FileStart> starts
    )
    {
        // Such a stage, as the first, reads records that do not fit as they stand.
        var isRewritten = task.Items("stages") is [BoundRecord { Type.Rewrites: true }, ..];
        var sources = new List<TaskSource>();
        // A field that none of several sources has is one mistake, and so is a label: the first of them shows it.
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in task.Items("examples").OfType<BoundRecord>())
        {
            // What is on a hub is not looked at here.
            if (TextFormat.Of(source) is not { } format || source.Text("path") is not { } written || source["hub"] is not null)
                continue;
            var pattern = SourcePaths.Normal(written);
            var checks = new SourceChecks(path, source, fields);
            var files = starts.Where(start => SourcePaths.IsMatch(pattern, start.Path)).ToList();
            foreach (var file in files)
                checks.Check(format, file);
            foreach (var first in checks.problems.GroupBy(p => (p.Rule.Id, p.Span)).Select(same => same.First()))
                if (first.Rule != Rules.MissingColumn || told.Add(checks.missing[first]))
                    yield return first;
            if (checks.problems.Any(p => p.IsError))
                continue;
            sources.Add(TaskSource.Of(source, fields, files));
            if (!isRewritten && UndeclaredLabels.In(path, sources[sources.Count - 1], told) is { } undeclared)
                yield return undeclared;
        }

        foreach (var swapped in SwappedLanguages.Of(path, sources, language))
            yield return swapped;
    }

    private void Check(TextFormat format, FileStart start)
    {
        if (start.Signature.Content == FileContent.Empty)
            return;
        var compression = FileSignature.CompressionOf(start.Path);
        if (compression != 0)
        {
            // What is inside is not decompressed in the compiler.
            if (start.Signature.Content != compression)
                Report(Rules.WrongContent, place, start.Path, start.Signature.NotCompressed(compression));
            return;
        }

        if ((start.Signature.Content & format.Holds) == 0)
            Report(Rules.WrongContent, place, start.Path, start.Signature.Not(format.Name));
        else if (source["shape"] is not (null or BoundNull) || format.Columns(start, source) is not { } columns)
            return; // The run sees what it is.
        else if (columns.Fault is { } fault)
            Report(Rules.WrongContent, place, start.Path, $"a table whose header is {fault}");
        else
            Compare(start, columns, format.IsHeaded);
    }

    private void Compare(FileStart start, ColumnNames columns, bool isHeaded)
    {
        var before = problems.Count;
        // Of a column that may come further down it can only be said that it was not seen.
        var unknown = isHeaded || start.IsWhole ? Rules.UnknownColumn : Rules.UnseenColumn;
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            var isMapped = mapped.TryGetValue(field.Name, out var map);
            var column = isMapped ? map.Column : field.Name;
            read.Add(column);
            if (columns.Any.Contains(column))
                continue;
            if (isMapped)
                Report(
                    field.Type.IsOptional ? unknown : Rules.UnknownColumn,
                    map.Place,
                    column,
                    start.Path,
                    NearestWord.Choice(column, columns.Any)
                );
            else if (!field.Type.IsOptional)
                Missing(start, field.Name, Hint(field.Name, columns));
        }

        if (source["group"] is BoundScalar { Value: string group } by)
        {
            read.Add(group);
            if (!columns.Any.Contains(group))
                Report(Rules.UnknownColumn, by.Node, group, start.Path, NearestWord.Choice(group, columns.Any));
        }

        foreach (var column in ignored)
        {
            read.Add(column.Scalar.Value);
            if (!columns.Any.Contains(column.Scalar.Value))
                Report(unknown, column.Node, column.Scalar.Value, start.Path, NearestWord.Choice(column.Scalar.Value, columns.Any));
        }

        // A column that is not declared is often the one that was meant: one mistake, one problem.
        var undeclared = columns.Always.Where(column => !read.Contains(column)).ToList();
        if (undeclared.Count > 0 && !problems.Skip(before).Any(p => p.IsError))
            Report(Rules.UndeclaredColumn, place, start.Path, string.Join(", ", undeclared.Distinct().Select(Described)));
    }

    private static string Described(string column) => column.Length > 0 ? $"'{column}'" : "a column without a name (written '')";

    private static string Hint(string field, ColumnNames columns) =>
        NearestWord.To(field, columns.Any) is { } near ? $"; did you mean 'columns: {{{field}: {Yaml(near, field)}}}'?"
        : Layout(columns) is { } layout ? $"; {layout}"
        : $" (it has {string.Join(", ", columns.Any.Where(c => c.Length > 0).Take(12))}{(columns.Any.Count > 12 ? ", …" : "")}; "
            + $"'columns: {{{field}: <column>}}' reads it from another)";

    // Records that others lay out in a way of their own.
    private static string? Layout(ColumnNames columns) =>
        columns.Any.Contains("messages") ? "'shape: messages' reads its messages"
        : columns.Any.Contains("conversations") ? "'shape: sharegpt' reads its conversations"
        : columns.Any.Contains("instruction") && columns.Any.Contains("output") ? "'shape: alpaca' reads its instructions"
        : columns.Any.All(column => column.Length > 0 && column.All(sign => sign is >= '0' and <= '9'))
            ? "it seems to hold columns instead of records: pandas writes records with to_json(orient='records')"
        : null;

    // What looks like the field is written so that it is seen to be another.
    private static string Yaml(string column, string field) =>
        column.Trim() != column
        || column.Any(Visible.IsHidden)
        || column.Normalize(NormalizationForm.FormKC) == field.Normalize(NormalizationForm.FormKC)
            ? $"\"{string.Concat(column.Select(sign => sign < '\u0080' ? sign.ToString() : $"\\u{(int)sign:X4}"))}\""
            : column;

    private void Missing(FileStart start, string field, string hint)
    {
        Report(Rules.MissingColumn, place, start.Path, field, hint);
        // But for the file's name.
        missing[problems[problems.Count - 1]] = $"{field}\0{hint}";
    }

    private void Report(Microsoft.CodeAnalysis.DiagnosticDescriptor rule, YamlNode node, params string[] arguments) =>
        problems.Add(new Problem(rule, path, node.Span, arguments));
}
