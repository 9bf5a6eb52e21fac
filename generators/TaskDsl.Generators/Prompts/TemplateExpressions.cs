using System.Globalization;
using Microsoft.CodeAnalysis;
using Scriban.Syntax;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;

namespace TaskDsl.Generators.Prompts;

/// <summary>Compiles a template's expressions to typed C#.</summary>
public sealed class TemplateExpressions(TemplateText template, EmitContext context)
{
    /// <summary>The expression's value; null where it is wrong, and then there is a problem that says why.</summary>
    public TemplateValue? Compile(ScriptExpression expression, TemplateScope scope) => expression switch
    {
        ScriptNestedExpression nested => Compile(nested.Expression!, scope),
        ScriptLiteral literal => Literal(literal),
        ScriptMemberExpression member => FunctionName(member) is { } name && scope[Root(member)] is null ? Call(member, name, [], scope) : Member(member, scope),
        ScriptVariable variable => Variable(variable, scope),
        ScriptFunctionCall call => Call(call, FunctionName(call.Target!), [.. call.Arguments], scope),
        ScriptPipeCall pipe => Pipe(pipe, scope),
        ScriptBinaryExpression binary => Binary(binary, scope),
        ScriptUnaryExpression { Operator: ScriptUnaryOperator.Not, Right: { } right } => Compile(right, scope) is { } value ? new TemplateValue($"!{Truth(value)}", ValueKind.Boolean) : null,
        ScriptUnaryExpression { Operator: ScriptUnaryOperator.Negate, Right: { } right } unary => Compile(right, scope) switch
        {
            null => null,
            { Kind: ValueKind.Integer or ValueKind.Double, IsOptional: false } number => number with { Code = $"(-{number.Code})" },
            var other => Unsupported(unary, $"minus stands before a number; this is {other.Description}"),
        },
        _ => Unsupported(expression, $"templates do not have '{expression}'"),
    };

    /// <summary>Scriban's truth: only null and false are false. An empty text, an empty list and 0 are true.</summary>
    public static string Truth(TemplateValue value) => value switch
    {
        { Kind: ValueKind.Null } => "false",
        { Kind: ValueKind.Boolean, IsOptional: true } => $"({value.Code} == true)",
        { Kind: ValueKind.Boolean } => value.Code,
        { IsOptional: true } => $"({value.Code} is not null)",
        _ => "true",
    };

    private TemplateValue? Literal(ScriptLiteral literal) => literal.Value switch
    {
        null => new TemplateValue("null", ValueKind.Null) { IsOptional = true },
        string text => TemplateScope.Text([text]),
        bool value => new TemplateValue(value ? "true" : "false", ValueKind.Boolean),
        int value => new TemplateValue(value.ToString(CultureInfo.InvariantCulture), ValueKind.Integer),
        long value => new TemplateValue(value.ToString(CultureInfo.InvariantCulture) + "L", ValueKind.Integer),
        double value => new TemplateValue(CodeWriter.Literal(value), ValueKind.Double),
        _ => Unsupported(literal, $"templates do not have the literal {literal}"),
    };

    private TemplateValue? Variable(ScriptVariable variable, TemplateScope scope)
    {
        if (scope[variable.Name] is { } value) return value;
        if (variable.Name == "output") return Report(Rules.UnknownVariable, variable, variable.Name, ": it stands only at the very end of 'assistant'");
        return Report(Rules.UnknownVariable, variable, variable.Name, Nearest.Suggest(variable.Name, scope.Names));
    }

    private TemplateValue? Member(ScriptMemberExpression member, TemplateScope scope)
    {
        if (Compile(member.Target!, scope) is not { } target) return null;
        var name = member.Member!.Name;
        if (target.Kind == ValueKind.List && name == "size") return TemplateFunctions.Size(target);
        if (target is { Kind: ValueKind.String, IsOptional: false } && name == "size") return new TemplateValue($"{target.Code}.Length", ValueKind.Integer);
        if (target.IsOptional) return Unsupported(member, $"'{member.Target}' may be absent; ask for it first: {{{{ if {member.Target} }}}} … does not narrow it yet, so loop or print whole fields");
        return scope.Member(target, name) ?? Report(Rules.UnknownVariable, member.Member, name, Nearest.Suggest(name, TemplateScope.Members(target)));
    }

    private TemplateValue? Pipe(ScriptPipeCall pipe, TemplateScope scope)
    {
        if (Compile(pipe.From!, scope) is not { } first) return null;
        return pipe.To switch
        {
            ScriptFunctionCall call => Call(call, FunctionName(call.Target!), [.. call.Arguments], scope, first),
            ScriptPipeCall next => Unsupported(next, "write pipes one after the other"),
            var target => Call(target!, FunctionName(target!), [], scope, first),
        };
    }

    private TemplateValue? Call(ScriptNode node, string? name, IReadOnlyList<ScriptExpression> arguments, TemplateScope scope, TemplateValue? first = null)
    {
        if (name is null) return Unsupported(node, $"'{node}' is not a function");
        if (TemplateFunctions.Signature(name) is not { } signature) return Report(Rules.UnknownVariable, node is ScriptFunctionCall call ? call.Target! : node, name, Nearest.Suggest(name, TemplateFunctions.Names));
        var values = new List<TemplateValue>();
        if (first is not null) values.Add(first);
        foreach (var argument in arguments)
        {
            if (Compile(argument, scope) is not { } value) return null;
            values.Add(value);
        }

        return TemplateFunctions.Apply(name, values)
            ?? Unsupported(node, $"{name} is called as '{signature}'; here it gets {(values.Count == 0 ? "nothing" : string.Join(", ", values.Select(v => v.Description)))}");
    }

    private TemplateValue? Binary(ScriptBinaryExpression binary, TemplateScope scope)
    {
        // Both sides are looked at, so that two mistakes are two problems.
        var (l, r) = (Compile(binary.Left!, scope), Compile(binary.Right!, scope));
        if (l is not { } left || r is not { } right) return null;
        var numbers = IsNumber(left) && IsNumber(right);
        var both = left.Kind == right.Kind;
        var code = binary.Operator switch
        {
            ScriptBinaryOperator.And => $"({Truth(left)} && {Truth(right)})",
            ScriptBinaryOperator.Or => $"({Truth(left)} || {Truth(right)})",
            ScriptBinaryOperator.CompareEqual or ScriptBinaryOperator.CompareNotEqual => Equality(left, right) is { } equal
                ? binary.Operator == ScriptBinaryOperator.CompareEqual ? equal : $"!{equal}" : null,
            ScriptBinaryOperator.CompareLess when numbers => $"({left.Code} < {right.Code})",
            ScriptBinaryOperator.CompareLessOrEqual when numbers => $"({left.Code} <= {right.Code})",
            ScriptBinaryOperator.CompareGreater when numbers => $"({left.Code} > {right.Code})",
            ScriptBinaryOperator.CompareGreaterOrEqual when numbers => $"({left.Code} >= {right.Code})",
            _ => null,
        };
        if (code is not null) return new TemplateValue(code, ValueKind.Boolean);
        if (binary.Operator == ScriptBinaryOperator.Add && both && left.Kind == ValueKind.String)
            return left.Constant is [var a] && right.Constant is [var b] ? TemplateScope.Text([a + b]) : new TemplateValue($"({left.Code} + {right.Code})", ValueKind.String);
        var sign = binary.Operator switch { ScriptBinaryOperator.Add => "+", ScriptBinaryOperator.Subtract => "-", ScriptBinaryOperator.Multiply => "*", _ => null };
        if (sign is not null && numbers && !left.IsOptional && !right.IsOptional)
            return new TemplateValue($"((long){left.Code} {sign} {right.Code})", left.Kind == ValueKind.Integer && right.Kind == ValueKind.Integer ? ValueKind.Integer : ValueKind.Double) is var product && product.Kind == ValueKind.Double
                ? product with { Code = $"((double){left.Code} {sign} {right.Code})" } : product;
        return Unsupported(binary, $"'{binary.OperatorToken}' does not go between {left.Description} and {right.Description}");
    }

    private static string? Equality(TemplateValue left, TemplateValue right)
    {
        if (left.Kind == ValueKind.Null && right.Kind == ValueKind.Null) return "true";
        if (left.Kind == ValueKind.Null) return right.IsOptional ? $"({right.Code} is null)" : "false";
        if (right.Kind == ValueKind.Null) return left.IsOptional ? $"({left.Code} is null)" : "false";
        var comparable = (left.Kind == right.Kind && left.Kind is ValueKind.String or ValueKind.Boolean) || (IsNumber(left) && IsNumber(right));
        return comparable ? $"({left.Code} == {right.Code})" : null;
    }

    private static bool IsNumber(TemplateValue value) => value.Kind is ValueKind.Integer or ValueKind.Double;

    /// <summary><c>string.upcase</c> as written; null for anything else.</summary>
    private static string? FunctionName(ScriptNode node) =>
        node is ScriptMemberExpression { Target: ScriptVariable { Name: "string" or "array" or "object" or "math" or "html" or "regex" or "date" or "timespan" } module, Member: { } member } ? $"{module.Name}.{member.Name}" : null;

    private static string Root(ScriptMemberExpression member) => (member.Target as ScriptVariable)?.Name ?? "";

    private TemplateValue? Unsupported(ScriptNode node, string message) => Report(Rules.UnsupportedTemplate, node, message);

    private TemplateValue? Report(DiagnosticDescriptor rule, ScriptNode node, params string[] arguments)
    {
        context.Report(rule, template.Span(node.Span.Start.Offset, node.Span.Length), arguments);
        return null;
    }
}
