using TaskDsl.Generators.Diagnostics;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Columns;

/// <summary>Labels and kinds in the files of a source that its task does not declare.</summary>
internal static class UndeclaredLabels
{
    private const int Shown = 3;

    /// <summary>One warning of a source, at its path; null where all is declared.</summary>
    /// <param name="path">The task's file.</param>
    /// <param name="source">The source.</param>
    /// <param name="told">What other sources have shown, which is not told again.</param>
    public static Problem? In(string path, TaskSource source, ISet<string> told)
    {
        var places = source.Places.Where(place => place.Field.Labels.Count > 0).ToList();
        // In data a label is its key, or its surface form in any language.
        var words = places.ConvertAll(place => new HashSet<string>(place.Field.Labels.SelectMany(l => l.Surfaces.Append(l.Key))));
        foreach (var file in source.Files)
        {
            var unknown = source
                .Answer(file)
                ?.Labels.Where(value => !words[value.Path].Contains(value.Text) && !told.Contains(Key(value)))
                .ToList()
                ?? [];
            if (unknown.Count == 0)
                continue;
            told.UnionWith(unknown.Take(Shown).Select(Key));
            var shown = string.Join(", ", unknown.Take(Shown).Select(value => Told(value, places[value.Path], words[value.Path])));
            var more = unknown.Count > Shown ? $" and {unknown.Count - Shown} more" : "";
            return new Problem(Rules.UndeclaredLabel, path, source.Source["path"]!.Span, file.Path, shown + more);
        }

        return null;

        string Key(DataValue value) => $"{places[value.Path].Name}\0{value.Text}";
    }

    private static string Told(DataValue value, FieldPlace place, IEnumerable<string> words)
    {
        const int longest = 60;
        var text = value.Text.Length > longest ? value.Text.Substring(0, longest) + "…" : value.Text;
        var meant = NearestWord.To(value.Text.AsSpan(), words) is { } near ? $"; did you mean '{near}'?" : "";
        return $"'{text}' for '{place.Name}' (line {value.Line}{meant})";
    }
}
