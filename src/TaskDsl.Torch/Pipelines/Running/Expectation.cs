using System.Globalization;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What is expected of a pipeline's tables, taken apart: <c>a.b.accuracy &gt; c.d.accuracy</c>.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Left">What must be greater.</param>
/// <param name="IsBare">Whether the bare values are compared (<c>~&gt;</c>), whatever chance may do.</param>
/// <param name="Right">What must be less.</param>
public sealed record Expectation(string Text, Expectation.Side Left, bool IsBare, Expectation.Side Right)
{
    /// <summary>How an expectation is written.</summary>
    public const string Form = "step.column[.shots=4][.task][.language].metric > another path or a number";

    /// <summary>Takes a text apart; null where it is none.</summary>
    public static Expectation? TryParse(string text)
    {
        var at = text.IndexOf('>');
        if (at < 1)
            return null;
        var isBare = text[at - 1] == '~';
        var left = Side.TryParse(text.Substring(0, isBare ? at - 1 : at).Trim());
        var right = Side.TryParse(text.Substring(at + 1).Trim());
        return left is null || right is null || (left.Path.Length == 0 && right.Path.Length == 0)
            ? null
            : new Expectation(text, left, isBare, right);
    }

    /// <summary>A side: a path into a table, or a number.</summary>
    /// <param name="Text">As it is written.</param>
    /// <param name="Path">Step, column, where given coordinates, task and language, metric; empty for a number.</param>
    /// <param name="Number">The number; 0 for a path.</param>
    public sealed record Side(string Text, string[] Path, double Number)
    {
        /// <summary>Which of the column's cells are meant, each as <c>shots=4</c>: the mean of those that have them all.</summary>
        public IReadOnlyList<string> Coordinates => [.. Path.Skip(2).Where(IsCoordinate)];

        /// <summary>What stands between column and metric besides: tasks, prompts, languages.</summary>
        public IReadOnlyList<string> Within => [.. Path.Skip(2).Take(Math.Max(0, Path.Length - 3)).Where(part => !IsCoordinate(part))];

        internal static Side? TryParse(string text)
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                return new Side(text, [], number);
            var path = text.Split('.');
            return
                path.Count(part => !IsCoordinate(part)) is >= 3 and <= 5
                && path.Take(2).Append(path[path.Length - 1]).All(part => !IsCoordinate(part))
                && path.All(part => part.Length > 0 && part.All(c => !char.IsWhiteSpace(c) && c != '>'))
                ? new Side(text, path, 0)
                : null;
        }

        private static bool IsCoordinate(string part) => part.IndexOf('=') > 0;
    }
}
