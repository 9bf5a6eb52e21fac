using System.Runtime.CompilerServices;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>What Python's operators do with values.</summary>
internal static class Operators
{
    public static bool IsTrue(object? value) =>
        value switch
        {
            null or Undefined => false,
            bool truth => truth,
            long whole => whole != 0,
            double real => real != 0,
            Text text => text.Value.Length > 0,
            List<object?> list => list.Count > 0,
            TupleValue tuple => tuple.Items.Length > 0,
            Dict dict => dict.Count > 0,
            _ => true,
        };

    public static bool AreEqual(object? left, object? right, Budget budget)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        budget.Spend();
        return (left, right) switch
        {
            (List<object?> a, List<object?> b) => Same(a, b, budget),
            (TupleValue a, TupleValue b) => Same(a.Items, b.Items, budget),
            (Dict a, Dict b) => a.Count == b.Count && a.Items.All(i => b.TryGet(i.Key, out var other) && AreEqual(i.Value, other, budget)),
            _ => AreEqualScalars(left, right),
        };
    }

    /// <summary>Whether values without items are equal.</summary>
    public static bool AreEqualScalars(object? left, object? right) =>
        (left, right) switch
        {
            (null, null) or (Undefined, Undefined) => true,
            (Text a, Text b) => a.Equals(b),
            _ when Number(left) is { } a && Number(right) is { } b => left is double || right is double
                ? a == b
                : Whole(left) == Whole(right),
            _ => ReferenceEquals(left, right),
        };

    /// <summary>Below 0, 0 or above 0; null where Python cannot compare.</summary>
    public static int? Compare(object? left, object? right, Budget budget)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        budget.Spend();
        if (left is Text a && right is Text b)
            return a.CompareTo(b);
        if (Sequence(left) is { } first && Sequence(right) is { } second && left!.GetType() == right!.GetType())
        {
            for (var i = 0; i < Math.Min(first.Count, second.Count); i++)
                if (!AreEqual(first[i], second[i], budget))
                    return Compare(first[i], second[i], budget);
            return first.Count.CompareTo(second.Count);
        }

        if (Number(left) is not { } x || Number(right) is not { } y)
            return null;
        return left is double || right is double ? x.CompareTo(y) : Whole(left).CompareTo(Whole(right));
    }

    /// <summary>Whether something is in a list, a text or the keys of a dictionary; null where Python cannot say.</summary>
    public static bool? Contains(object? all, object? item, Budget budget) =>
        all switch
        {
            Text text => item is Text part ? text.Value.Contains(part.Value, StringComparison.Ordinal) : null,
            Dict dict => Dict.IsKey(item) ? dict.Has(item) : null,
            Undefined => false,
            _ when Sequence(all) is { } items => items.Any(i => AreEqual(i, item, budget)),
            _ => null,
        };

    public static object? Calculate(Binary node, object? left, object? right, Budget budget)
    {
        foreach (var side in (ReadOnlySpan<object?>)[left, right])
            if (side is Undefined undefined)
                throw new JinjaException(node.At, Describe(undefined));
        switch (node.Sign, left, right)
        {
            case ("+", Text a, Text b):
                budget.Spend(a.Value.Length + b.Value.Length);
                return Text.Concat(a, b);
            case ("+", List<object?> a, List<object?> b):
                budget.Spend(a.Count + b.Count);
                return (List<object?>)[.. a, .. b];
            case ("+", TupleValue a, TupleValue b):
                budget.Spend(a.Items.Length + b.Items.Length);
                return new TupleValue([.. a.Items, .. b.Items]);
            case ("*", Text a, long or bool):
                return Repeat(node, a, Whole(right), budget);
            case ("*", long or bool, Text b):
                return Repeat(node, b, Whole(left), budget);
            case ("*", List<object?> a, long or bool):
                var times = a.Count == 0 ? 0 : Math.Max(0, Whole(right));
                budget.Spend((long)Math.Min((double)a.Count * times, int.MaxValue));
                return Enumerable.Range(0, (int)times).SelectMany(_ => a).ToList();
            case (_, double, _) or (_, _, double) when Number(left) is { } x && Number(right) is { } y:
                return Calculate(node, x, y);
            case var _ when Number(left) is not null && Number(right) is not null:
                return Calculate(node, Whole(left), Whole(right));
            case ("%", Text, _):
                throw new JinjaException(node.At, "formatting by '%' is not supported.");
            default:
                throw new JinjaException(node.At, $"'{node.Sign}' cannot join {Kind(left)} and {Kind(right)}.");
        }
    }

    /// <summary>The items of a list or a tuple; null for anything else.</summary>
    public static IReadOnlyList<object?>? Sequence(object? value) =>
        value switch
        {
            List<object?> list => list,
            TupleValue tuple => tuple.Items,
            _ => null,
        };

    /// <summary>What a loop goes through; null where there is nothing to go through.</summary>
    public static List<object?>? Items(object? value) =>
        value switch
        {
            List<object?> list => list,
            TupleValue tuple => [.. tuple.Items],
            Dict dict => [.. dict.Keys],
            Text text => [.. text.Characters()],
            Undefined => [],
            _ => null,
        };

    /// <summary>A number or a truth as a number.</summary>
    public static double? Number(object? value) =>
        value switch
        {
            bool truth => truth ? 1 : 0,
            long whole => whole,
            double real => real,
            _ => null,
        };

    /// <summary>What a value is, for errors.</summary>
    public static string Kind(object? value) =>
        value switch
        {
            null => "none",
            Undefined undefined => $"nothing ({Describe(undefined).TrimEnd('.')})",
            bool => "a truth",
            long => "a whole number",
            double => "a number",
            Text => "a text",
            List<object?> => "a list",
            TupleValue => "a tuple",
            Dict => "a dictionary",
            Namespace => "a namespace",
            Loop => "a loop",
            _ => "a function",
        };

    public static string Describe(Undefined undefined) =>
        undefined.Name.Contains(' ', StringComparison.Ordinal) ? undefined.Name + "." : $"'{undefined.Name}' is not defined.";

    private static bool Same(IReadOnlyList<object?> left, IReadOnlyList<object?> right, Budget budget)
    {
        if (left.Count != right.Count)
            return false;
        for (var i = 0; i < left.Count; i++)
            if (!AreEqual(left[i], right[i], budget))
                return false;
        return true;
    }

    private static long Whole(object? value) =>
        value is bool truth
            ? truth
                ? 1
                : 0
            : (long)value!;

    private static Text Repeat(Binary node, Text text, long times, Budget budget)
    {
        times = Math.Max(0, times);
        budget.Spend((long)Math.Min((double)times * Math.Max(1, text.Value.Length), int.MaxValue));
        var builder = new TextBuilder();
        for (var i = 0; i < times; i++)
            builder.Append(text);
        return builder.ToText();
    }

    private static double Calculate(Binary node, double left, double right) =>
        node.Sign switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "**" => Math.Pow(left, right),
            _ when right == 0 => throw new JinjaException(node.At, "a division by zero."),
            "/" => left / right,
            "//" => Math.Floor(left / right),
            _ => left - right * Math.Floor(left / right),
        };

    private static object Calculate(Binary node, long left, long right)
    {
        try
        {
            checked
            {
                return node.Sign switch
                {
                    "+" => (object)(left + right),
                    "-" => left - right,
                    "*" => left * right,
                    "**" when right < 0 => Math.Pow(left, right),
                    "**" => Power(left, right),
                    _ when right == 0 => throw new JinjaException(node.At, "a division by zero."),
                    "/" => (double)left / right,
                    "//" => Floor(left, right),
                    _ => right == -1 ? 0 : left - right * Floor(left, right),
                };
            }
        }
        catch (OverflowException)
        {
            throw new JinjaException(node.At, "a whole number is too large.");
        }
    }

    private static long Floor(long left, long right) => checked(left / right) - (left % right != 0 && (left < 0) != (right < 0) ? 1 : 0);

    private static long Power(long left, long right)
    {
        if (left is 0 or 1 || (left == -1 && right % 2 == 0))
            return right == 0 ? 1 : left * left;
        if (left == -1)
            return -1;
        var result = 1L;
        for (var i = 0L; i < right; i++)
            result = checked(result * left); // It overflows within 64 steps.
        return result;
    }
}
