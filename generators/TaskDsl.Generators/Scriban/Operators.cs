using Scriban.Syntax;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Generators.Scriban.Types;
using TaskDsl.Vocabulary;
using static TaskDsl.Generators.Scriban.Terms.Functions;

namespace TaskDsl.Generators.Scriban;

/// <summary>Operators, with Scriban's meaning: null takes part in comparisons, an empty text is true, <c>/</c> yields a fraction.</summary>
internal static class Operators
{
    /// <summary>C# of type <c>bool</c>, or the value where it is known.</summary>
    public static BoolTerm Truth(Term term) =>
        term switch
        {
            BoolTerm { NullTest: null } truth => truth,
            BoolTerm truth => new BoolTerm($"({truth.Code} == true)"),
            NullTerm => Known(false),
            { NullTest: { } test } => new BoolTerm(Not(test)),
            _ => Known(true),
        };

    public static Term Unary(ScriptUnaryExpression unary, Term right)
    {
        switch (unary.Operator)
        {
            case ScriptUnaryOperator.Not:
                var truth = Truth(right);
                return truth.Constant is { } known ? Known(!known) : new BoolTerm(Not(truth.Code));
            case ScriptUnaryOperator.Negate or ScriptUnaryOperator.Plus when right is NumberTerm { NullTest: null } number:
                return unary.Operator == ScriptUnaryOperator.Plus
                    ? number
                    : new NumberTerm(number.IsWhole ? $"checked(-{number.Code})" : $"(-{number.Code})", number.IsWhole);
            default:
                throw new TemplateException(
                    Rules.UnsupportedTemplate,
                    unary,
                    $"'{unary.OperatorAsText}' cannot stand before {Maybe(right)} here"
                );
        }
    }

    public static Term Binary(ScriptBinaryExpression binary, Term left, Term right) =>
        Checked(binary, left, right).Operator switch
        {
            ScriptBinaryOperator.And => And(Truth(left), Truth(right)),
            ScriptBinaryOperator.Or => Or(Truth(left), Truth(right)),
            ScriptBinaryOperator.EmptyCoalescing => Coalesce(left, right),
            ScriptBinaryOperator.CompareEqual => Equal(left, right),
            ScriptBinaryOperator.CompareNotEqual => Equal(left, right) is { } equal
                ? equal.Constant is { } known
                    ? Known(!known)
                    : new BoolTerm(Not(equal.Code))
                : null,
            ScriptBinaryOperator.CompareLess => Ordered(left, "<", right),
            ScriptBinaryOperator.CompareLessOrEqual => Ordered(left, "<=", right),
            ScriptBinaryOperator.CompareGreater => Ordered(left, ">", right),
            ScriptBinaryOperator.CompareGreaterOrEqual => Ordered(left, ">=", right),
            ScriptBinaryOperator.RangeInclude or ScriptBinaryOperator.RangeExclude => Range(
                left,
                right,
                binary.Operator == ScriptBinaryOperator.RangeInclude
            ),
            ScriptBinaryOperator.Add when left is TextTerm || right is TextTerm => Concatenation(left, right),
            _ => left is NumberTerm l && right is NumberTerm r ? Arithmetic(binary.Operator, l, r) : null,
        }
        ?? throw new TemplateException(
            Rules.UnsupportedTemplate,
            binary,
            $"'{binary.OperatorAsText}' cannot stand between {Maybe(left)} and {Maybe(right)} here"
        );

    public static Term Conditional(ScriptConditionalExpression node, Term condition, Term then, Term otherwise)
    {
        var truth = Truth(condition);
        if (truth.Constant is { } known)
            return known ? then : otherwise;
        return Either(truth.Code, then, otherwise)
            ?? throw new TemplateException(
                Rules.UnsupportedTemplate,
                node,
                $"both values must be of one type; these are {then.Description} and {otherwise.Description}"
            );
    }

    /// <summary>The first that is not null; null where they are of different types.</summary>
    public static Term? Coalesce(Term left, Term right)
    {
        if (left is NullTerm)
            return right;
        if (left.NullTest is null)
            return left;
        var test = right.NullTest is null ? null : $"({left.NullTest} && {right.NullTest})";
        return (left, right) switch
        {
            (_, NullTerm) => left,
            (TextTerm l, TextTerm r) => new TextTerm($"({l.AsString} ?? {r.AsString})") { NullTest = test },
            (NumberTerm l, NumberTerm r) when l.IsWhole == r.IsWhole => new NumberTerm($"({l.Code} ?? {r.Code})", l.IsWhole)
            {
                NullTest = test,
            },
            (BoolTerm l, BoolTerm r) => new BoolTerm($"({l.Code} ?? {r.Code})") { NullTest = test },
            _ => null,
        };
    }

    /// <summary>A whole number where both are, save for <c>/</c>; null where one of them is.</summary>
    public static NumberTerm? Arithmetic(ScriptBinaryOperator op, NumberTerm left, NumberTerm right)
    {
        var isWhole = left.IsWhole && right.IsWhole;
        // The compiler refuses what surely fails; so does this.
        if (isWhole && right.Constant is 0L && op is ScriptBinaryOperator.DivideRound or ScriptBinaryOperator.Modulus && isWhole)
            return null;
        var nullTest =
            left.NullTest is null ? right.NullTest
            : right.NullTest is null ? left.NullTest
            : $"({left.NullTest} || {right.NullTest})";
        NumberTerm Term(string code, bool whole) => new(code, whole) { NullTest = nullTest };
        string l = left.Code,
            r = right.Code;
        return op switch
        {
            ScriptBinaryOperator.Add => Term(isWhole ? $"checked({l} + {r})" : $"({l} + {r})", isWhole),
            ScriptBinaryOperator.Subtract => Term(isWhole ? $"checked({l} - {r})" : $"({l} - {r})", isWhole),
            ScriptBinaryOperator.Multiply => Term(isWhole ? $"checked({l} * {r})" : $"({l} * {r})", isWhole),
            ScriptBinaryOperator.Divide => Term($"({Double(left)} / {Double(right)})", false),
            ScriptBinaryOperator.DivideRound when isWhole => Term($"({l} / {r})", true),
            ScriptBinaryOperator.DivideRound => Term($"{Number}.DivideRound({l}, {r})", false),
            ScriptBinaryOperator.Modulus => Term($"({l} % {r})", isWhole),
            _ => null,
        };
    }

    private static string Double(NumberTerm number) =>
        number.IsWhole ? $"(double{(number.NullTest is null ? "" : "?")}){number.Code}" : number.Code;

    private static BoolTerm? Equal(Term left, Term right) =>
        (left, right) switch
        {
            (NullTerm, NullTerm) => Known(true),
            (NullTerm, _) => right.NullTest is null ? Known(false) : new BoolTerm($"({right.NullTest})"),
            (_, NullTerm) => left.NullTest is null ? Known(false) : new BoolTerm($"({left.NullTest})"),
            (NumberTerm l, NumberTerm r) => new BoolTerm($"({l.Code} == {r.Code})"),
            (BoolTerm l, BoolTerm r) => new BoolTerm($"({l.Code} == {r.Code})"),
            (TextTerm l, TextTerm r) when (l.IsSpan || r.IsSpan) && l.NullTest is null && r.NullTest is null => new BoolTerm(
                $"global::System.MemoryExtensions.SequenceEqual<char>({l.Code}, {r.Code})"
            ),
            (TextTerm or NumberTerm or BoolTerm, TextTerm)
            or (TextTerm, NumberTerm or BoolTerm) when Print(left) is { } l && Print(right) is { } r => new BoolTerm(
                $"({l.AsString} == {r.AsString})"
            ),
            _ => null,
        };

    /// <summary>A label that is compared with what is none of its field's never equals it: a slip.</summary>
    private static ScriptBinaryExpression Checked(ScriptBinaryExpression binary, Term left, Term right)
    {
        if (binary.Operator is ScriptBinaryOperator.CompareEqual or ScriptBinaryOperator.CompareNotEqual)
        {
            Check(binary.Right, left, right);
            Check(binary.Left, right, left);
        }

        return binary;

        static void Check(ScriptNode? node, Term label, Term other)
        {
            if (label is TextTerm { Labels: { Count: > 0 } labels } && other is TextTerm { Constant: { } word } && !labels.Contains(word))
                throw new TemplateException(Rules.UnknownWord, node, word, "a label of this field", NearestWord.Choice(word, labels));
        }
    }

    private static BoolTerm? Ordered(Term left, string op, Term right) =>
        (left, right) switch
        {
            (NumberTerm l, NumberTerm r) => new BoolTerm($"({l.Code} {op} {r.Code})"),
            (TextTerm l, TextTerm r) => new BoolTerm($"({Text}.Compare({l.AsString}, {r.AsString}) {op} 0)"),
            _ => null,
        };

    private static ListTerm? Range(Term left, Term right, bool inclusive) =>
        left is NumberTerm { IsWhole: true, NullTest: null } l && right is NumberTerm { IsWhole: true, NullTest: null } r
            ? new ListTerm($"{List}.Range({l.Code}, {r.Code}, {(inclusive ? "true" : "false")})", TemplateType.Whole)
            : null;

    // Where neither side turns out to be a text, because it is null, Scriban does not concatenate: refused, but for two texts.
    private static TextTerm? Concatenation(Term left, Term right)
    {
        if ((left is not TextTerm || right is not TextTerm) && (left.NullTest ?? right.NullTest) is not null)
            return null;
        if (Print(left) is not { } l || Print(right) is not { } r)
            return null;
        var code = $"({l.AsString} + {r.AsString})";
        string[] appends = [.. l.Appends, .. r.Appends];
        if (l.NullTest is null || r.NullTest is null)
            return new TextTerm(code) { Appends = appends };
        // Nothing and nothing is nothing; C# makes it an empty text.
        var test = $"({l.NullTest} && {r.NullTest})";
        return new TextTerm($"({test} ? null : {code})") { NullTest = test, Appends = appends };
    }

    private static TextTerm? Print(Term term) => FunctionCall.AsText(term);

    private static BoolTerm And(BoolTerm left, BoolTerm right) =>
        left.Constant == false || right.Constant == true ? left
        : left.Constant == true ? right
        : new BoolTerm($"({left.Code} && {right.Code})");

    private static BoolTerm Or(BoolTerm left, BoolTerm right) =>
        left.Constant == true || right.Constant == false ? left
        : left.Constant == false ? right
        : new BoolTerm($"({left.Code} || {right.Code})");

    /// <summary>One of two values of one type; null where they are of two.</summary>
    private static Term? Either(string condition, Term then, Term otherwise)
    {
        var test = (then.NullTest, otherwise.NullTest) switch
        {
            (null, null) => null,
            var (t, o) => $"({condition} ? {t ?? "false"} : {o ?? "false"})",
        };
        return (then, otherwise) switch
        {
            (NullTerm, NullTerm) => new NullTerm(),
            (NullTerm, TextTerm o) => new TextTerm($"({condition} ? null : {o.AsString})")
            {
                NullTest = $"({condition} ? true : {o.NullTest ?? "false"})",
            },
            (TextTerm t, NullTerm) => new TextTerm($"({condition} ? {t.AsString} : null)")
            {
                NullTest = $"({condition} ? {t.NullTest ?? "false"} : true)",
            },
            (TextTerm t, TextTerm o) when (t.IsSpan || o.IsSpan) => new TextTerm($"({condition} ? {AsSpan(t)} : {AsSpan(o)})")
            {
                IsSpan = true,
                NullTest = test,
            },
            (TextTerm t, TextTerm o) => new TextTerm($"({condition} ? {t.AsString} : {o.AsString})") { NullTest = test },
            (NumberTerm t, NumberTerm o) when t.IsWhole == o.IsWhole => new NumberTerm($"({condition} ? {t.Code} : {o.Code})", t.IsWhole)
            {
                NullTest = test,
            },
            (BoolTerm t, BoolTerm o) => new BoolTerm($"({condition} ? {t.Code} : {o.Code})") { NullTest = test },
            _ => null,
        };
    }

    private static string AsSpan(TextTerm text) => text.IsSpan ? text.Code : $"global::System.MemoryExtensions.AsSpan({text.Code})";

    private static BoolTerm Known(bool value) => new(value ? "true" : "false") { Constant = value };

    private static string Not(string code) =>
        code.EndsWith(" is null", StringComparison.Ordinal) && code.IndexOf(' ') == code.Length - " is null".Length
            ? code.Substring(0, code.Length - "null".Length) + "not null"
            : $"!({Parentheses.Strip(code)})";

    private static string Maybe(Term term) => term.Description + (term.NullTest is null || term is NullTerm ? "" : " that may be absent");
}
