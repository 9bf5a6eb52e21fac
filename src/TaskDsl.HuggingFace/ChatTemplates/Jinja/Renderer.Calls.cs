using System.Runtime.CompilerServices;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

// Filters, macros and functions, and the arguments that they are called with.
internal sealed partial class Renderer
{
    /// <summary>Applies a filter; a block's filters are a chain whose first has no value of its own.</summary>
    private object? Apply(FilterOf filter, object? block, Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var value = filter.Of switch
        {
            null => block,
            FilterOf before => Apply(before, block, scope),
            var of => Evaluate(of, scope),
        };
        return Filters.Apply(filter.Id, value, Arguments(filter.Arguments, filter, $"the filter '{filter.Id}'", scope));
    }

    private Arguments Arguments(ArgumentList list, Expression node, string callee, Scope scope)
    {
        List<object?> all = [.. list.Positional.Select(p => Evaluate(p, scope))];
        List<(string, object?)> named = [.. list.Named.Select(n => (n.Id, Evaluate(n.Value, scope)))];
        if (list.Rest is { } rest)
            all.AddRange(Operators.Items(Evaluate(rest, scope)) ?? throw new JinjaException(rest.At, "'*' needs a list."));
        if (list.NamedRest is { } namedRest)
        {
            var dict = Evaluate(namedRest, scope) as Dict ?? throw new JinjaException(namedRest.At, "'**' needs a dictionary.");
            foreach (var (key, value) in dict.Items)
                named.Add(((key as Text ?? throw new JinjaException(namedRest.At, "'**' needs texts as keys.")).Value, value));
        }

        return new Arguments(node.At, callee, all, named, budget);
    }

    private static object? Invoke(object? callee, Arguments arguments) =>
        callee switch
        {
            Function function => function.Invoke(arguments),
            Undefined undefined => throw new JinjaException(arguments.At, $"{Operators.Describe(undefined)} It cannot be called."),
            _ => throw arguments.Bad($"is {Operators.Kind(callee)} and cannot be called"),
        };
}
