using System.Globalization;
using System.Text;

namespace RealData.Metrics;

/// <summary>How alike two texts are by their letters and digits, in whatever order, as LawBench (CAIL 2021) compares them.</summary>
internal static class Characters
{
    /// <summary>The harmonic mean of precision and recall; of two texts one of which has no letters, whether both have none.</summary>
    public static double F1(string gold, string found)
    {
        var (a, b) = (Of(gold), Of(found));
        if (a.Count == 0 || b.Count == 0)
            return a.Count == b.Count ? 1 : 0;
        return 2.0 * a.Sum(letter => Math.Min(letter.Value, b.GetValueOrDefault(letter.Key))) / (a.Values.Sum() + b.Values.Sum());
    }

    private static Dictionary<Rune, int> Of(string text) =>
        text.ToLower(CultureInfo.InvariantCulture).EnumerateRunes().Where(Rune.IsLetterOrDigit).CountBy(letter => letter).ToDictionary();
}
