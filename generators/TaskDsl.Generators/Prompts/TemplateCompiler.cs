using Scriban;
using Scriban.Parsing;
using Scriban.Syntax;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;

namespace TaskDsl.Generators.Prompts;

/// <summary>
/// Compiles one template: Scriban parses it, its syntax tree becomes straight-line C# that appends UTF-8. What is not supported is a
/// problem at its place.
/// </summary>
public sealed class TemplateCompiler
{
    private readonly TemplateText template;
    private readonly EmitContext context;
    private readonly CodeWriter writer;
    private readonly TemplateExpressions expressions;
    private readonly System.Text.StringBuilder literal = new();
    private int loops;

    private TemplateCompiler(TemplateText template, EmitContext context, CodeWriter writer)
    {
        (this.template, this.context, this.writer) = (template, context, writer);
        expressions = new TemplateExpressions(template, context);
    }

    /// <summary>Writes the statements of a template.</summary>
    public static void Compile(TemplateText template, TemplateScope scope, EmitContext context, CodeWriter writer)
    {
        var parsed = Template.Parse(template.Text);
        if (parsed.HasErrors)
        {
            // One unclosed block makes a cascade of errors: the first is the cause.
            var first = parsed.Messages.First(m => m.Type == ParserMessageType.Error);
            context.Report(Rules.BrokenTemplate, template.Span(first.Span.Start.Offset, first.Span.Length), first.Message.TrimEnd('.'));
            return;
        }

        var compiler = new TemplateCompiler(template, context, writer);
        compiler.Statements(parsed.Page!.Body, scope);
        compiler.Flush();
    }

    private void Statements(ScriptBlockStatement? block, TemplateScope scope)
    {
        foreach (var statement in block?.Statements.ToList() ?? [])
        {
            switch (statement)
            {
                case ScriptRawStatement raw:
                    literal.Append(raw.Text.ToString());
                    break;
                case ScriptEscapeStatement or ScriptNopStatement or ScriptEndStatement:
                    break;
                case ScriptExpressionStatement { Expression: ScriptAssignExpression assignment }:
                    Unsupported(assignment, "assignment; a prompt says what it prints");
                    break;
                case ScriptExpressionStatement expression:
                    if (expressions.Compile(expression.Expression!, scope) is { } value) Print(value, expression.Expression!);
                    break;
                case ScriptIfStatement condition:
                    If(condition, scope);
                    break;
                case ScriptForStatement loop:
                    For(loop, scope);
                    break;
                default:
                    Unsupported(statement, $"'{statement.GetType().Name.Replace("Script", "").Replace("Statement", "").ToLowerInvariant()}'");
                    break;
            }
        }
    }

    private void If(ScriptIfStatement statement, TemplateScope scope)
    {
        Flush();
        var head = "if";
        ScriptConditionStatement? branch = statement;
        while (branch is ScriptIfStatement { Condition: { } test } condition)
        {
            var value = expressions.Compile(test, scope);
            using (writer.Block($"{head} ({(value is null ? "false" : TemplateExpressions.Truth(value))})")) Branch(condition.Then);
            head = "else if";
            branch = condition.Else;
        }

        if (branch is ScriptElseStatement otherwise)
        {
            using (writer.Block("else")) Branch(otherwise.Body);
        }

        void Branch(ScriptBlockStatement? body)
        {
            Statements(body, scope);
            Flush();
        }
    }

    private void For(ScriptForStatement loop, TemplateScope scope)
    {
        Flush();
        if (loop.Variable is not ScriptVariable variable || expressions.Compile(loop.Iterator!, scope) is not { } list) return;
        if (list is not { Kind: ValueKind.List, Element: { } element })
        {
            context.Report(Rules.UnsupportedTemplate, Span(loop.Iterator!), $"a loop goes over a list; this is {list.Description}");
            return;
        }

        var depth = loops++;
        string items = $"items{depth}", index = $"i{depth}", count = $"{items}.{(list.Constant is null ? "Count" : "Length")}";
        using (writer.Block(list.IsOptional ? $"if ({list.Code} is {{ }} {items})" : ""))
        {
            if (!list.IsOptional) writer.Line($"var {items} = {list.Code};");
            var inner = scope.With(variable.Name, element($"{items}[{index}]")).With("for", new TemplateValue("", ValueKind.Loop) { Loop = (index, count) });
            using (writer.Block($"for (var {index} = 0; {index} < {count}; {index}++)"))
            {
                Statements(loop.Body, inner);
                Flush();
            }

            if (loop.Else is { } otherwise)
            {
                using (writer.Block($"if ({count} == 0)"))
                {
                    Statements(otherwise.Body, scope);
                    Flush();
                }
            }
        }
    }

    private void Print(TemplateValue value, ScriptNode node)
    {
        switch (value)
        {
            case { Kind: ValueKind.Null }:
                return;
            case { Kind: ValueKind.String, Constant: [var text] }:
                literal.Append(text);
                return;
            case { Kind: ValueKind.String }:
                Flush();
                writer.Line($"buffer.Append({value.Code});");
                return;
            case { Kind: ValueKind.Integer or ValueKind.Double or ValueKind.Boolean, IsOptional: true }:
                Flush();
                writer.Line($"if ({value.Code} is {{ }} value{loops}) buffer.Append(value{loops++});");
                return;
            case { Kind: ValueKind.Integer or ValueKind.Double or ValueKind.Boolean }:
                Flush();
                writer.Line($"buffer.Append({value.Code});");
                return;
            default:
                context.Report(Rules.UnsupportedTemplate, Span(node), $"{value.Description} cannot be printed{(value.Kind == ValueKind.List ? "; join it, as {{ list | array.join \", \" }}, or loop over it" : "; print its members")}");
                return;
        }
    }

    /// <summary>Writes the literal text gathered so far as one append.</summary>
    private void Flush()
    {
        if (literal.Length == 0) return;
        writer.Line($"buffer.Append({CodeWriter.Literal(literal.ToString())}u8);");
        literal.Clear();
    }

    private void Unsupported(ScriptNode node, string what) => context.Report(Rules.UnsupportedTemplate, Span(node), $"templates do not have {what}");

    private Yaml.YamlSpan Span(ScriptNode node) => template.Span(node.Span.Start.Offset, node.Span.Length);
}
