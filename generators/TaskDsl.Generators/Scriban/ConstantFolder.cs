using Scriban;
using Scriban.Runtime;
using Scriban.Syntax;
using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Scriban;

/// <summary>What needs no record is evaluated when the template is compiled, by Scriban itself.</summary>
internal sealed class ConstantFolder(TemplateScope scope)
{
    private static readonly ScriptObject Builtins = TemplateContext.GetDefaultBuiltinObject();

    // What depends on the moment, on files or on chance is no constant; neither is what could run on for long.
    private static readonly HashSet<string> Spaces = ["string", "array", "math", "object", "html"];
    private static readonly HashSet<string> Excluded =
    [
        "math.random",
        "math.uuid",
        "object.eval",
        "object.eval_template",
        "array.cycle",
        "array.each",
        "array.filter",
        "array.any",
    ];

    /// <summary>Whether a word is one of Scriban's groups of functions.</summary>
    public static bool IsNamespace(string name) => Builtins.TryGetValue(name, out var value) && value is ScriptObject;

    /// <summary>Whether Scriban has a function of this name.</summary>
    public static bool IsBuiltin(string name) =>
        name.Split('.') is [var space, var function]
        && Builtins.TryGetValue(space, out var value)
        && value is ScriptObject functions
        && functions.ContainsKey(function);

    /// <summary>Whether an expression's value does not depend on the record.</summary>
    public bool IsConstant(ScriptNode? node) =>
        node switch
        {
            ScriptLiteral => true,
            ScriptNestedExpression nested => IsConstant(nested.Expression),
            ScriptVariableGlobal variable => scope.IsConstant(variable.Name),
            ScriptPipeCall pipe => IsConstant(pipe.From) && (IsFunction(pipe.To) || IsConstant(pipe.To)),
            ScriptMemberExpression member => !IsFunction(member) && IsConstant(member.Target),
            ScriptIndexerExpression indexer => IsConstant(indexer.Target) && IsConstant(indexer.Index),
            ScriptFunctionCall call => IsFunction(call.Target)
                && call.Arguments.All(a => a is ScriptNamedArgument named ? IsConstant(named.Value) : IsConstant(a)),
            ScriptBinaryExpression binary => IsConstant(binary.Left) && IsConstant(binary.Right),
            ScriptUnaryExpression unary => IsConstant(unary.Right),
            ScriptConditionalExpression conditional => IsConstant(conditional.Condition)
                && IsConstant(conditional.ThenValue)
                && IsConstant(conditional.ElseValue),
            ScriptArrayInitializerExpression array => array.Values.All(IsConstant),
            _ => false,
        };

    /// <summary>The value of a constant expression.</summary>
    public object? Evaluate(ScriptExpression expression)
    {
        var context = new TemplateContext();
        var values = new ScriptObject();
        foreach (var constant in scope.Constants)
            values[constant.Key] = constant.Value;
        context.PushGlobal(values);
        try
        {
            var value = context.Evaluate(expression);
            // Ranges and filters are lazy: what goes wrong in them must go wrong here.
            return value is System.Collections.IEnumerable items and not string ? items.Cast<object?>().ToList() : value;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var message = e is ScriptRuntimeException scriban ? scriban.OriginalMessage : e.Message;
            throw new TemplateException(Rules.BrokenTemplate, expression, message.TrimEnd('.', ' '));
        }
    }

    private bool IsFunction(ScriptNode? node) =>
        node is ScriptMemberExpression { Target: ScriptVariable space, Member: { } member }
        && !scope.Has(space.Name)
        && Spaces.Contains(space.Name)
        && !Excluded.Contains($"{space.Name}.{member.Name}")
        && IsBuiltin($"{space.Name}.{member.Name}");
}
