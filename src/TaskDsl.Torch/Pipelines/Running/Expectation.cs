using System.Globalization;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What is expected of a pipeline's tables, taken apart: <c>a.b.accuracy &gt; c.d.accuracy + 0.1</c>.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Left">What must be greater.</param>
/// <param name="IsBare">Whether the bare values are compared (<c>~&gt;</c>), whatever chance may do.</param>
/// <param name="Right">What must be less.</param>
public sealed record Expectation(string Text, Expectation.Side Left, bool IsBare, Expectation.Side Right)
{
    /// <summary>How an expectation is written.</summary>
    public const string Form = "step.column[.task][.language].metric > another path or a number, or sums of them";

    /// <summary>Takes a text apart; null where it is none.</summary>
    public static Expectation? TryParse(string text)
    {
        var at = text.IndexOf('>');
        if (at < 1)
            return null;
        var isBare = text[at - 1] == '~';
        var left = Side.TryParse(text.Substring(0, isBare ? at - 1 : at).Trim());
        var right = Side.TryParse(text.Substring(at + 1).Trim());
        return left is null || right is null || left.Paths.Concat(right.Paths).FirstOrDefault() is null
            ? null
            : new Expectation(text, left, isBare, right);
    }

    /// <summary>
    /// A side: terms that are added up, with <c> + </c> or <c> - </c> between them. The spaces tell them from signs and from names.
    /// </summary>
    /// <param name="Text">As it is written.</param>
    /// <param name="Terms">The terms.</param>
    public sealed record Side(string Text, IReadOnlyList<Term> Terms)
    {
        /// <summary>The paths of its terms.</summary>
        public IEnumerable<string[]> Paths => Terms.Select(term => term.Path).Where(path => path.Length > 0);

        internal static Side? TryParse(string text)
        {
            var words = text.Split([' '], StringSplitOptions.RemoveEmptyEntries);
            var terms = new List<Term>();
            for (var i = 0; i < words.Length; i++)
            {
                var sign =
                    i == 0 || words[i] == "+" ? 1
                    : words[i] == "-" ? -1
                    : 0;
                if (sign == 0)
                    return null;
                if (i > 0)
                    i++;
                var factor = i + 2 < words.Length && words[i + 1] == "*" ? words[i] : null;
                if (factor is not null)
                    i += 2;
                if (i >= words.Length || Term.TryParse(sign, factor, words[i]) is not { } term)
                    return null;
                terms.Add(term);
            }

            return terms.Count == 0 ? null : new Side(text, terms);
        }
    }

    /// <summary>A path into a table times a number, or a number alone.</summary>
    /// <param name="Text">The path or number as it is written.</param>
    /// <param name="Factor">The number, with its sign.</param>
    /// <param name="Path">Step, column, where given task and language, metric; empty for a number.</param>
    public sealed record Term(string Text, double Factor, string[] Path)
    {
        internal static Term? TryParse(int sign, string? factor, string text)
        {
            if (Number(factor ?? "1") is not { } times)
                return null;
            if (Number(text) is { } number)
                return new Term(text, sign * times * number, []);
            var path = text.Split('.');
            return path.Length is >= 3 and <= 5 && path.All(part => part.Length > 0 && part.All(c => !char.IsWhiteSpace(c) && c != '>'))
                ? new Term(text, sign * times, path)
                : null;
        }

        private static double? Number(string text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
