using Scriban;
using Scriban.Parsing;
using Scriban.Syntax;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Scriban;
using TaskDsl.Generators.Scriban.Terms;
using SourceSpan = TaskDsl.Generators.Diagnostics.SourceSpan;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>Compiles what the YAML of a task computes from its examples: conditions, texts, templates.</summary>
/// <param name="task">The task.</param>
/// <param name="context">What it is written with.</param>
/// <param name="place">The class outside the task's own that the C# stands in, and the beginning of its tables' names.</param>
public sealed class TaskExpressions(TaskModel task, EmitContext context, string place = "")
{
    // What Scriban is given before an expression.
    private const string Open = "{{";

    private readonly TaskVariables variables = new(task, place);

    /// <summary>The numbers that may stand beside an example's fields.</summary>
    public static IReadOnlyList<string> Numbers { get; } = ["confidence", "score"];

    /// <summary>Those that an expression may ask for; of an example that has none it is null.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>The arrays of label keys that the C# refers to.</summary>
    public IEnumerable<(string Name, IEnumerable<string> Words)> Tables => variables.Tables;

    /// <summary>The C# that makes the value. Where it is wrong the context gets a problem, and the C# computes nothing.</summary>
    public string Emit(BoundScalar scalar)
    {
        var text = new TemplateText(scalar.Scalar);
        var type = scalar.Type.Name;
        if (type.EndsWith(".TextTemplate", StringComparison.Ordinal))
            return Make(
                type,
                text,
                "(buffer, example)",
                new TemplateCompiler(text, Scope(), context.Path, context.Problems.Add).Compile() ?? []
            );
        try
        {
            var expression = Parse(text);
            if (expression is null)
                return "null!";
            var term = new ExpressionCompiler(Scope()).Compile(expression);
            var code = type.EndsWith(".Condition", StringComparison.Ordinal) ? Truth(term, expression) : Text(term, expression);
            return Make(type, text, "example", [$"return {Parentheses.Strip(code)};"]);
        }
        catch (TemplateException error)
        {
            if (error.Rule is not null)
                context.Problems.Add(
                    new Problem(error.Rule, context.Path, error.Node is { } node ? Place(text, node.Span) : text.Whole, error.Arguments)
                );
            return "null!";
        }
    }

    private TemplateScope Scope()
    {
        var scope = variables.ExampleScope();
        foreach (var (name, code) in Kept.Select(name => (name, $"example.Origin.{Names.Pascal(name)}")))
            if (!scope.Has(name))
                scope.Declare(name, new NumberTerm(code, IsWhole: false) { NullTest = $"{code} is null" });
        return scope;
    }

    private string Make(string type, TemplateText text, string parameters, IReadOnlyList<string> body)
    {
        var lines = string.Concat(body.Select(line => $"    {line}\n"));
        return $"new {type}({CodeWriter.Literal(text.Text)}, static {parameters} =>\n"
            + $"{{\n    var (input, output) = ({Example})example;\n{lines}}})";
    }

    /// <summary>The one expression that the text is; null where it is none, with a problem that says why.</summary>
    private ScriptExpression? Parse(TemplateText text)
    {
        if (text.Text.TrimStart().StartsWith("{{", StringComparison.Ordinal))
            return Refuse(text, "the whole text is an expression here; leave out the {{ and }}");
        // A line break would end it.
        var template = Template.Parse(Open + text.Text.Replace('\n', ' ') + "}}");
        if (template.Messages.FirstOrDefault(m => m.Type == ParserMessageType.Error) is { } error)
        {
            context.Problems.Add(
                new Problem(
                    Rules.BrokenTemplate,
                    context.Path,
                    Place(text, error.Span),
                    error.Message.Replace("`}}`", "the end").TrimEnd('.', ' ')
                )
            );
            return null;
        }

        var statements = template.Page?.Body?.Statements.Where(s => s is not (ScriptNopStatement or ScriptEscapeStatement)).ToList() ?? [];
        return statements switch
        {
            [] => Refuse(text, "an expression is missing"),
            [ScriptExpressionStatement { Expression: ScriptAssignExpression }] => Refuse(
                text,
                "'=' gives a value to a name, which nothing here does; '==' compares"
            ),
            [ScriptExpressionStatement { Expression: { } expression }] => expression,
            _ => Refuse(text, "one expression is expected, and this is more or something else"),
        };
    }

    private static SourceSpan Place(TemplateText text, global::Scriban.Parsing.SourceSpan span) =>
        text.Span(span.Start.Offset - Open.Length, span.End.Offset + 1 - Open.Length);

    private ScriptExpression? Refuse(TemplateText text, string message)
    {
        context.Problems.Add(new Problem(Rules.BrokenTemplate, context.Path, text.Whole, message));
        return null;
    }

    private static string Truth(Term term, ScriptExpression expression) =>
        term is BoolTerm || term.NullTest is not null
            ? Operators.Truth(term).Code
            : throw new TemplateException(
                Rules.UnsupportedTemplate,
                expression,
                $"this is {term.Description}, which is always true; a condition compares, as {Compared(term, expression)}"
            );

    private string Example => place.Length == 0 ? "Example" : context.Global($"{task.ClassName}.Example");

    private static string Compared(Term term, ScriptExpression expression) =>
        term switch
        {
            TextTerm or ListTerm => $"{expression}.size > 0",
            NumberTerm => $"{expression} > 0",
            _ => "a > b",
        };

    private static string Text(Term term, ScriptExpression expression) =>
        FunctionCall.AsText(term)?.AsString
        ?? throw new TemplateException(
            Rules.UnsupportedTemplate,
            expression,
            $"this is {term.Description}, which is no text{(term is ListTerm ? "; join it, as " + expression + " | array.join ', '" : "")}"
        );
}
