using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Fields;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Columns;

/// <summary>Labels and kinds in the files of a source that its task does not declare.</summary>
internal static class UndeclaredLabels
{
    private const int Shown = 3;

    /// <summary>One warning of a source, at its path; null where all is declared.</summary>
    /// <param name="path">The task's file.</param>
    /// <param name="source">The source.</param>
    /// <param name="fields">The task's fields.</param>
    /// <param name="files">The source's files.</param>
    /// <param name="told">What other sources have shown, which is not told again.</param>
    public static Problem? In(
        string path,
        BoundRecord source,
        IReadOnlyList<FieldModel> fields,
        IEnumerable<FileStart> files,
        ISet<string> told
    )
    {
        if (DataQuestion.Of(source, fields) is not { } question)
            return null;
        var places = FieldPlace.Of(source, fields).Where(place => place.Field.Labels.Count > 0).ToList();
        // In data a label is its key, or its surface form in any language.
        var words = places.ConvertAll(place => new HashSet<string>(place.Field.Labels.SelectMany(l => l.Surfaces.Append(l.Key))));
        foreach (var file in files)
        {
            var answer = file.Answers.FirstOrDefault(answer => answer.Question == question);
            var unknown = answer
                ?.Labels.Where(value => !words[value.Path].Contains(value.Text) && told.Add($"{places[value.Path].Name}\0{value.Text}"))
                .ToList()
                ?? [];
            if (unknown.Count == 0)
                continue;
            var shown = string.Join(", ", unknown.Take(Shown).Select(value => Told(value, places[value.Path], words[value.Path])));
            var more = unknown.Count > Shown ? $" and {unknown.Count - Shown} more" : "";
            return new Problem(Rules.UndeclaredLabel, path, source["path"]!.Span, file.Path, shown + more);
        }

        return null;
    }

    private static string Told(DataValue value, FieldPlace place, IEnumerable<string> words)
    {
        const int longest = 60;
        var text = value.Text.Length > longest ? value.Text.Substring(0, longest) + "…" : value.Text;
        var meant = NearestWord.To(value.Text.AsSpan(), words) is { } near ? $"; did you mean '{near}'?" : "";
        return $"'{text}' for '{place.Name}' (line {value.Line}{meant})";
    }
}
