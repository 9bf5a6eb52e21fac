using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace TaskDsl.Metrics.Counting;

/// <summary>Runs of words as BLEU counts them: words of sacreBLEU's tokenizer <c>13a</c>, and of Chinese those of <c>zh</c>.</summary>
public static class WordRuns
{
    /// <summary>How often each run of so many words stands in a text.</summary>
    public static Dictionary<string, int> Of(string[] words, int length)
    {
        ArgumentNullException.ThrowIfNull(words);
        var runs = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at + length <= words.Length; at++)
            CollectionsMarshal.GetValueRefOrAddDefault(runs, string.Join(' ', words, at, length), out _)++;
        return runs;
    }

    /// <summary>Whether a text has Chinese letters.</summary>
    public static bool IsChinese(string text) => text.Any(letter => letter is >= '\u3400' and <= '\u9fff' or >= '\uf900' and <= '\ufaff');

    /// <summary>The words of a text.</summary>
    public static string[] Words(string text, bool isChinese)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (isChinese)
        {
            text = string.Concat(text.Trim().Select(letter => IsChinese(letter) ? $" {letter} " : $"{letter}"));
        }
        else
        {
            text = text.TrimEnd().Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal);
            text = text.Replace('\n', ' ')
                .Replace("&quot;", "\"", StringComparison.Ordinal)
                .Replace("&amp;", "&", StringComparison.Ordinal);
            text = text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
            text = $" {text} ";
        }

        text = Signs.Replace(text, " $1 ");
        text = PointBehind.Replace(text, "$1 $2 ");
        text = PointBefore.Replace(text, " $1 $2");
        return DashBehind.Replace(text, "$1 $2 ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    // As zh has them, with all between the dashes and the arrows.
    private static bool IsChinese(char letter) =>
        letter
            is (> '\u2000' and <= '\u2a6d')
                or (>= '\u2e80' and <= '\u2fdf')
                or (>= '\u2ff0' and <= '\u303f')
                or (>= '\u3100' and <= '\u312f')
                or (>= '\u31a0' and <= '\u31ef')
                or (>= '\u3200' and <= '\u4db5')
                or (>= '\u4e00' and <= '\u9fbb')
                or (>= '\uf900' and <= '\ufa2d')
                or (>= '\ufa30' and <= '\ufa6a')
                or (>= '\ufa70' and <= '\ufad9')
                or (>= '\ufe10' and <= '\ufe1f')
                or (>= '\ufe30' and <= '\ufe4f')
                or (>= '\uff00' and <= '\uffef');

    private static readonly Regex Signs = new(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])", RegexOptions.Compiled);

    private static readonly Regex PointBehind = new(@"([^0-9])([\.,])", RegexOptions.Compiled);

    private static readonly Regex PointBefore = new(@"([\.,])([^0-9])", RegexOptions.Compiled);

    private static readonly Regex DashBehind = new("([0-9])(-)", RegexOptions.Compiled);
}
