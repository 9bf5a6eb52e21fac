namespace TaskDsl.App.Drafting.Looking;

/// <summary>
/// How many texts are mostly written in each script, and how many tokens a text has, by guess: no tokenizer is there yet.
/// </summary>
internal sealed class ScriptCount
{
    // A text shows its script early.
    private const int Looked = 400;

    // Latin letters make about four to a token; of scripts without spaces each sign is about one.
    private const int LettersOfToken = 4;

    private readonly long[] texts = new long[Enum.GetValues<Script>().Length];

    /// <summary>The scripts, the most frequent first, with the texts that are mostly written in each.</summary>
    public IReadOnlyList<(Script Script, long Texts)> Found =>
        [.. texts.Index().Where(t => t.Item > 0).OrderByDescending(t => t.Item).Select(t => ((Script)t.Index, t.Item))];

    /// <summary>Counts a text.</summary>
    /// <returns>About how many tokens it has.</returns>
    public int Add(string text)
    {
        Span<int> letters = stackalloc int[texts.Length];
        var (wide, looked) = (0, Math.Min(text.Length, Looked));
        foreach (var sign in text.AsSpan(0, looked))
        {
            if (Of(sign) is not { } script)
                continue;
            letters[(int)script]++;
            if (script is Script.Han or Script.Kana or Script.Hangul or Script.Thai)
                wide++;
        }

        // Japanese is told by its kana, however many characters stand between.
        if (letters[(int)Script.Kana] > 0 && letters[(int)Script.Kana] * 10 >= letters[(int)Script.Han])
            letters[(int)Script.Kana] += letters[(int)Script.Han];
        // A word of Latin letters is ten signs of what one Chinese character says.
        letters[(int)Script.Latin] /= 4;
        var main = 0;
        for (var i = 1; i < letters.Length; i++)
            if (letters[i] > letters[main])
                main = i;
        if (letters[main] > 0)
            texts[main]++;
        var share = looked == 0 ? 0 : (double)wide / looked;
        return (int)Math.Ceiling(text.Length * (share + (1 - share) / LettersOfToken));
    }

    /// <summary>The language that a script is taken for.</summary>
    public static string Language(Script script) =>
        script switch
        {
            Script.Han => "zh",
            Script.Kana => "ja",
            Script.Hangul => "ko",
            Script.Cyrillic => "ru",
            Script.Arabic => "ar",
            Script.Greek => "el",
            Script.Hebrew => "he",
            Script.Thai => "th",
            Script.Devanagari => "hi",
            _ => "en",
        };

    private static Script? Of(char sign) =>
        sign switch
        {
            (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '\u00C0' and <= '\u024F') => Script.Latin,
            >= '\u4E00' and <= '\u9FFF' or >= '\u3400' and <= '\u4DBF' => Script.Han,
            >= '\u3040' and <= '\u30FF' => Script.Kana,
            >= '\uAC00' and <= '\uD7AF' => Script.Hangul,
            >= '\u0400' and <= '\u052F' => Script.Cyrillic,
            >= '\u0600' and <= '\u06FF' => Script.Arabic,
            >= '\u0370' and <= '\u03FF' => Script.Greek,
            >= '\u0590' and <= '\u05FF' => Script.Hebrew,
            >= '\u0E00' and <= '\u0E7F' => Script.Thai,
            >= '\u0900' and <= '\u097F' => Script.Devanagari,
            _ => null,
        };
}
