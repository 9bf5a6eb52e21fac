namespace TaskDsl.Generators.Columns;

/// <summary>Counts the letters of texts by their script.</summary>
internal sealed class ScriptCount
{
    // What a text of another language quotes, as the names of products in Chinese, says nothing of its own.
    private const double NearlyAll = 0.9;

    private static readonly Scripts[] All = [.. Enum.GetValues(typeof(Scripts)).Cast<Scripts>().Where(script => script != Scripts.None)];

    // The scripts of languages that are written in no other; one that is not here is not judged.
    private static readonly Dictionary<string, Scripts> ByLanguage = Languages(
        (Scripts.Han, "zh yue wuu lzh"),
        (Scripts.Han | Scripts.Kana, "ja"),
        (Scripts.Hangul | Scripts.Han, "ko"),
        (Scripts.Cyrillic, "ru uk bg be mk"),
        (Scripts.Greek, "el"),
        (Scripts.Arabic, "ar fa ur ps"),
        (Scripts.Hebrew, "he yi"),
        (Scripts.Devanagari, "hi mr ne"),
        (Scripts.Thai, "th"),
        (
            Scripts.Latin,
            "en de fr es pt it nl sv da no nb nn fi et lv lt pl cs sk sl hr hu ro sq tr vi id ms tl sw af ca gl eu ga cy is mt la"
        )
    );

    private readonly Dictionary<Scripts, int> letters = [];

    /// <summary>The fewest scripts that nearly all letters are of; none where there are no letters.</summary>
    public Scripts Main
    {
        get
        {
            var (main, part, whole) = (Scripts.None, 0, letters.Values.Sum());
            foreach (var script in All.Where(letters.ContainsKey).OrderByDescending(script => letters[script]))
            {
                if (part >= NearlyAll * whole)
                    break;
                main |= script;
                part += letters[script];
            }

            return main;
        }
    }

    /// <summary>The scripts of a language, by its tag; none where it is not known, or the tag says a script of its own.</summary>
    public static Scripts Of(string language)
    {
        var parts = language.Split('-');
        var isPlain = parts.Skip(1).All(part => part.Length != 4 || part is "Hans" or "Hant");
        return isPlain && ByLanguage.TryGetValue(parts[0].ToLowerInvariant(), out var scripts) ? scripts : Scripts.None;
    }

    /// <summary>Counts a text.</summary>
    public void Add(string text)
    {
        foreach (var sign in text)
            if (Of(sign) is not Scripts.None and var script)
                letters[script] = letters.TryGetValue(script, out var count) ? count + 1 : 1;
    }

    private static Scripts Of(char sign) =>
        sign switch
        {
            <= '\u024F' => char.IsLetter(sign) ? Scripts.Latin : Scripts.None,
            >= '\u0370' and <= '\u03FF' => Scripts.Greek,
            >= '\u0400' and <= '\u052F' => Scripts.Cyrillic,
            >= '\u0590' and <= '\u05FF' => Scripts.Hebrew,
            >= '\u0600' and <= '\u06FF' => Scripts.Arabic,
            >= '\u0900' and <= '\u097F' => Scripts.Devanagari,
            >= '\u0E00' and <= '\u0E7F' => Scripts.Thai,
            >= '\u1E00' and <= '\u1EFF' => Scripts.Latin,
            >= '\u3041' and <= '\u30FF' => Scripts.Kana,
            >= '\u3400' and <= '\u9FFF' => Scripts.Han,
            >= '\uAC00' and <= '\uD7A3' => Scripts.Hangul,
            >= '\uF900' and <= '\uFAFF' => Scripts.Han,
            _ => Scripts.None,
        };

    private static Dictionary<string, Scripts> Languages(params (Scripts Scripts, string Tags)[] rows) =>
        rows.SelectMany(row => row.Tags.Split(' '), (row, tag) => (tag, row.Scripts)).ToDictionary(pair => pair.tag, pair => pair.Scripts);
}
