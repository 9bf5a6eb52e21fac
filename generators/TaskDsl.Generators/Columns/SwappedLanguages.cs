using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Columns;

/// <summary>
/// Two sources, each written in what only the other's language is written in. One alone may be meant: a prompt in Chinese may ask about
/// an English text.
/// </summary>
internal static class SwappedLanguages
{
    /// <summary>A warning for each two, at the first of them.</summary>
    /// <param name="path">The task's file.</param>
    /// <param name="sources">The task's sources.</param>
    /// <param name="language">The language of a source that says none.</param>
    public static IEnumerable<Problem> Of(string path, IEnumerable<TaskSource> sources, string language)
    {
        var odd = sources.Select(source => Written.Of(source, language)).Where(s => s is { IsOdd: true }).ToList();
        while (odd is [{ } first, ..])
        {
            odd.RemoveAt(0);
            if (odd.Find(other => other!.IsFor(first) && first.IsFor(other)) is not { } second)
                continue;
            odd.Remove(second);
            yield return new Problem(
                Rules.SwappedLanguages,
                path,
                (first.Source["language"] ?? first.Source["path"])!.Span,
                first.File,
                first.Language,
                Names(first.Scripts),
                second.File,
                second.Language,
                Names(second.Scripts)
            );
        }
    }

    private static string Names(Scripts scripts) => scripts.ToString().Replace(", ", " and ");

    /// <summary>What a source is written in, and what its language is.</summary>
    private sealed record Written(BoundRecord Source, string File, string Language, Scripts Scripts)
    {
        public bool IsOdd => ScriptCount.Of(Language) != Scripts.None && !Fits(Language);

        public bool IsFor(Written other) => Fits(other.Language);

        private bool Fits(string language) => (Scripts & ~ScriptCount.Of(language)) == Scripts.None;

        // Of several files all are alike, or nothing is said.
        public static Written? Of(TaskSource source, string language)
        {
            if (source.Question is null)
                return null;
            var scripts = source.Files.Select(file => source.Answer(file)?.Scripts ?? Scripts.None).Distinct().ToList();
            return scripts is [not Scripts.None and var all]
                ? new Written(source.Source, source.Files[0].Path, source.Source.Text("language") ?? language, all)
                : null;
        }
    }
}
