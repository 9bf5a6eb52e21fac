using Scriban.Syntax;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Scriban;

/// <summary>The list that a template's <c>for</c> walks.</summary>
internal static class LoopList
{
    /// <summary>The list, with <c>offset</c>, <c>reversed</c> and <c>limit</c> applied.</summary>
    public static ListTerm Of(ScriptForStatement statement, ExpressionCompiler expressions)
    {
        var term = expressions.Compile(statement.Iterator);
        if (term is not ListTerm list)
            throw new TemplateException(
                Rules.UnsupportedTemplate,
                statement.Iterator,
                $"'for' needs a list, and '{statement.Iterator}' is {term.Description}"
            );
        var options = statement.NamedArguments.ToDictionary(a => a.Name?.Name ?? "", a => a);
        foreach (var option in options)
            if (option.Key is not ("offset" or "limit" or "reversed"))
                throw new TemplateException(
                    Rules.UnknownVariable,
                    option.Value,
                    option.Key,
                    NearestWord.Choice(option.Key, ["offset", "limit", "reversed"])
                );
        if (options.TryGetValue("offset", out var offset))
            list = list with { Span = $"{Functions.List}.Offset({list.Span}, {Count(offset, expressions)})" };
        if (options.ContainsKey("reversed"))
            list = list with { Span = $"{Functions.List}.Reverse({list.Span})" };
        if (options.TryGetValue("limit", out var limit))
        {
            // Scriban takes a limit of 0 or less for none.
            var count = Count(limit, expressions);
            list = list with
            {
                Span = int.TryParse(count, out var known)
                    ? known > 0
                        ? $"{Functions.List}.Limit({list.Span}, {known})"
                        : list.Span
                    : $"{Functions.List}.LimitIfPositive({list.Span}, {count})",
            };
        }

        return list;
    }

    private static string Count(ScriptNamedArgument argument, ExpressionCompiler expressions) =>
        new FunctionCall(argument.Name?.Name ?? "", argument, [expressions.Compile(argument.Value)]).Int(0);
}
