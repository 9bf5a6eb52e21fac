using TaskDsl.Generators.Scriban.Types;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>
/// An expression of a template, typed and written in C#. <see cref="NullTest"/> is the C# condition under which it is null; where there
/// is none it never is.
/// </summary>
public abstract record Term
{
    /// <summary>The C# condition under which it is null; null where it never is.</summary>
    public string? NullTest { get; init; }

    /// <summary>What it is, in words for an error.</summary>
    public abstract string Description { get; }

    /// <summary>A variable or field of a type, from the C# that yields it.</summary>
    public static Term Of(TemplateType type, string code, bool isNullable)
    {
        var test = isNullable ? $"{code} is null" : null;
        return type switch
        {
            NumberType { IsInt: true } => new NumberTerm(isNullable ? $"(long?){code}" : $"(long){code}", IsWhole: true)
            {
                NullTest = test,
            },
            NumberType number => new NumberTerm(code, number.IsWhole) { NullTest = test },
            BoolType => new BoolTerm(code) { NullTest = test },
            LabelType label => isNullable
                ? new TextTerm($"{Functions.Text}.Word({label.Words}, (int?){code})") { NullTest = test, Labels = label.Known }
                : new TextTerm($"{label.Words}[(int){code}]") { Labels = label.Known },
            ListType list => new ListTerm(isNullable ? $"{Functions.List}.Items({code})" : $"{code}.AsSpan()", list.Item)
            {
                NullTest = test,
                HasNullItems = list.HasNullItems,
            },
            RecordType record => new RecordTerm(code, record) { NullTest = test },
            _ => new TextTerm(code) { NullTest = test },
        };
    }
}

/// <summary>What has a mistake that is reported already.</summary>
public sealed record BrokenTerm : Term
{
    public override string Description => "a mistake";
}

/// <summary>Nothing.</summary>
public sealed record NullTerm : Term
{
    public override string Description => "null";
}

/// <summary>A text.</summary>
/// <param name="Code">C# of type <c>string</c>, <c>string?</c> or, where <see cref="IsSpan"/>, <c>ReadOnlySpan&lt;char&gt;</c>.</param>
public sealed record TextTerm(string Code) : Term
{
    private readonly IReadOnlyList<string>? appends;

    /// <summary>Whether the code yields a span: cheaper, but the same for null and for the empty text.</summary>
    public bool IsSpan { get; init; }

    /// <summary>The text, where it is known.</summary>
    public string? Constant { get; init; }

    /// <summary>The texts that it can be, where it is a label.</summary>
    public EquatableArray<string> Labels { get; init; }

    /// <summary>The list and the separator that it is joined of: they can be written one by one.</summary>
    public (ListTerm List, TextTerm Separator)? Join { get; init; }

    /// <summary>C# statements that append it to <c>buffer</c> ; where they can, without making a text of it first.</summary>
    public IReadOnlyList<string> Appends
    {
        get => appends ?? [$"buffer.Append({Parentheses.Strip(Code)});"];
        init => appends = value;
    }

    /// <summary>C# of type <c>string</c> or <c>string?</c>.</summary>
    public string AsString =>
        !IsSpan ? Code
        : NullTest is null ? $"{Code}.ToString()"
        : $"({NullTest} ? null : {Code}.ToString())";

    /// <summary>C# of type <c>string</c>, for where null has been excluded.</summary>
    public string AsSomeString =>
        IsSpan ? $"{Code}.ToString()"
        : NullTest is null ? Code
        : $"{Code}!";

    public override string Description => "a text";
}

/// <summary>A number.</summary>
/// <param name="Code">C# of type <c>long</c> or <c>double</c>, nullable where it may be null.</param>
/// <param name="IsWhole">Whether it is a <c>long</c>.</param>
public sealed record NumberTerm(string Code, bool IsWhole) : Term
{
    /// <summary>The number, where it is known.</summary>
    public object? Constant { get; init; }

    public override string Description => IsWhole ? "a whole number" : "a number";
}

/// <summary>A truth value.</summary>
/// <param name="Code">C# of type <c>bool</c> or <c>bool?</c>.</param>
public sealed record BoolTerm(string Code) : Term
{
    /// <summary>The value, where it is known.</summary>
    public bool? Constant { get; init; }

    public override string Description => "true or false";
}

/// <summary>A list.</summary>
/// <param name="Span">C# of type <c>ReadOnlySpan</c>, empty for null.</param>
/// <param name="Item">What the items are.</param>
public sealed record ListTerm(string Span, TemplateType Item) : Term
{
    /// <summary>Whether items may be null.</summary>
    public bool HasNullItems { get; init; }

    public override string Description => "a list";
}

/// <summary>A record.</summary>
/// <param name="Code">C# that yields it.</param>
/// <param name="Type">Its fields.</param>
public sealed record RecordTerm(string Code, RecordType Type) : Term
{
    public override string Description => "a record";
}
