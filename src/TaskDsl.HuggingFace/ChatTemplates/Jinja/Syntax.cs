namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>A part of a template that has a value.</summary>
internal abstract record Expression(Position At);

/// <summary>A text, a number, a truth or none.</summary>
internal sealed record Constant(Position At, object? Value) : Expression(At);

/// <summary>A variable.</summary>
internal sealed record Name(Position At, string Id) : Expression(At);

/// <summary><c>[a, b]</c>.</summary>
internal sealed record ListOf(Position At, IReadOnlyList<Expression> Items) : Expression(At);

/// <summary><c>(a, b)</c>.</summary>
internal sealed record TupleOf(Position At, IReadOnlyList<Expression> Items) : Expression(At);

/// <summary><c>{a: b}</c>.</summary>
internal sealed record DictOf(Position At, IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression(At);

/// <summary><c>a.b</c>.</summary>
internal sealed record AttributeOf(Position At, Expression Of, string Id) : Expression(At);

/// <summary><c>a[b]</c>.</summary>
internal sealed record ItemOf(Position At, Expression Of, Expression Index) : Expression(At);

/// <summary><c>from:to:step</c> inside of brackets.</summary>
internal sealed record Slice(Position At, Expression? From, Expression? To, Expression? Step) : Expression(At);

/// <summary><c>a(b, c=d)</c>.</summary>
internal sealed record Call(Position At, Expression Callee, ArgumentList Arguments) : Expression(At);

/// <summary><c>a | b(c)</c>; without a value inside of a filter block.</summary>
internal sealed record FilterOf(Position At, Expression? Of, string Id, ArgumentList Arguments) : Expression(At);

/// <summary><c>a is b(c)</c>.</summary>
internal sealed record TestOf(Position At, Expression Of, string Id, ArgumentList Arguments) : Expression(At);

/// <summary><c>-a</c>, <c>+a</c>, <c>not a</c>.</summary>
internal sealed record Unary(Position At, string Sign, Expression Of) : Expression(At);

/// <summary>Arithmetic.</summary>
internal sealed record Binary(Position At, string Sign, Expression Left, Expression Right) : Expression(At);

/// <summary><c>and</c> or <c>or</c>.</summary>
internal sealed record Logic(Position At, bool IsAnd, Expression Left, Expression Right) : Expression(At);

/// <summary><c>a &lt; b &lt;= c</c>, <c>a in b</c>.</summary>
internal sealed record Comparison(Position At, Expression First, IReadOnlyList<(string Sign, Expression Right)> Rest) : Expression(At);

/// <summary><c>a ~ b ~ c</c>.</summary>
internal sealed record Concatenation(Position At, IReadOnlyList<Expression> Parts) : Expression(At);

/// <summary><c>a if b else c</c>.</summary>
internal sealed record Conditional(Position At, Expression Condition, Expression Then, Expression? Otherwise) : Expression(At);

/// <summary>What a call is given.</summary>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Id, Expression Value)> Named,
    Expression? Rest,
    Expression? NamedRest
)
{
    public static ArgumentList None { get; } = new([], [], null, null);
}

/// <summary>A part of a template that does something.</summary>
internal abstract record Statement(Position At);

/// <summary>Text outside of tags.</summary>
internal sealed record Literal(Position At, Text Text) : Statement(At);

/// <summary><c>{{ a }}</c>.</summary>
internal sealed record Print(Position At, Expression Value) : Statement(At);

/// <summary><c>{% if %}</c>; the last branch may have no condition.</summary>
internal sealed record If(Position At, IReadOnlyList<(Expression? Condition, IReadOnlyList<Statement> Body)> Branches) : Statement(At);

/// <summary><c>{% for %}</c>.</summary>
internal sealed record For(
    Position At,
    Target Each,
    Expression In,
    Expression? Where,
    IReadOnlyList<Statement> Body,
    IReadOnlyList<Statement> Otherwise
) : Statement(At);

/// <summary><c>{% break %}</c> or <c>{% continue %}</c>.</summary>
internal sealed record Jump(Position At, Flow Flow) : Statement(At);

/// <summary><c>{% set a = b %}</c>.</summary>
internal sealed record Set(Position At, Target Target, Expression Value) : Statement(At);

/// <summary><c>{% set a %}…{% endset %}</c>.</summary>
internal sealed record SetBlock(Position At, Target Target, FilterOf? Filter, IReadOnlyList<Statement> Body) : Statement(At);

/// <summary><c>{% macro %}</c>.</summary>
internal sealed record MacroOf(Position At, string Id, IReadOnlyList<Parameter> Parameters, IReadOnlyList<Statement> Body) : Statement(At);

/// <summary><c>{% call %}</c>.</summary>
internal sealed record CallBlock(Position At, MacroOf Caller, Call Call) : Statement(At);

/// <summary><c>{% filter %}</c>.</summary>
internal sealed record FilterBlock(Position At, FilterOf Filter, IReadOnlyList<Statement> Body) : Statement(At);

/// <summary><c>{% with %}</c>; transformers' <c>{% generation %}</c> has no variables.</summary>
internal sealed record With(Position At, IReadOnlyList<(Target Target, Expression Value)> Variables, IReadOnlyList<Statement> Body)
    : Statement(At);

/// <summary>A macro's parameter.</summary>
internal sealed record Parameter(string Id, Expression? Default);

/// <summary>What a value can be assigned to.</summary>
internal abstract record Target(Position At);

/// <summary>A variable.</summary>
internal sealed record NameTarget(Position At, string Id) : Target(At);

/// <summary>A namespace's attribute.</summary>
internal sealed record AttributeTarget(Position At, string Id, string Attribute) : Target(At);

/// <summary>Several, for the items of a list.</summary>
internal sealed record TupleTarget(Position At, IReadOnlyList<Target> Items) : Target(At);

/// <summary>How statements go on.</summary>
internal enum Flow
{
    /// <summary>With the next one.</summary>
    Next,

    /// <summary>Behind the loop.</summary>
    Break,

    /// <summary>With the loop's next item.</summary>
    Continue,
}
