namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Data,

    /// <summary><c>{{</c>.</summary>
    PrintBegin,

    /// <summary><c>}}</c>.</summary>
    PrintEnd,

    /// <summary><c>{%</c>.</summary>
    TagBegin,

    /// <summary><c>%}</c>.</summary>
    TagEnd,

    /// <summary>A word.</summary>
    Name,

    /// <summary>A quoted text, without its quotes.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A sign.</summary>
    Operator,

    /// <summary>The template's end.</summary>
    End,
}

/// <summary>A piece of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="At">Where it begins.</param>
/// <param name="Value">A number's value.</param>
internal readonly record struct Token(TokenKind Kind, string Text, Position At, object? Value = null)
{
    public bool Is(TokenKind kind, string text) => Kind == kind && Text == text;

    public override string ToString() => Kind == TokenKind.End ? "the template's end" : $"'{Text}'";
}
