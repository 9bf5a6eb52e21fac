using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Scriban.Terms;

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
