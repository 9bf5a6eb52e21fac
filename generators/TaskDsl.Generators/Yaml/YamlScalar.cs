using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Yaml;

/// <summary>A single value.</summary>
public sealed class YamlScalar(SourceSpan span, string value, string raw, bool isPlain, bool isBlock) : YamlNode(span)
{
    /// <summary>The text as it stands in the file, with quotes, escapes and indentation.</summary>
    public string Raw { get; } = raw;

    /// <summary>The text, unescaped and unfolded.</summary>
    public string Value { get; } = value;

    /// <summary>Whether it stands without quotes: only then can it be null.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>Whether it is a literal block (<c>|</c>), whose text begins on the next line.</summary>
    public bool IsBlock { get; } = isBlock;

    /// <summary>Whether a comment ends it that stands right behind it, and that may have been meant as more of it.</summary>
    public bool IsCut { get; init; }

    /// <summary>Whether it is YAML's null.</summary>
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Description =>
        IsNull
            ? "nothing"
            : $"{(IsPlain ? "" : "the text ")}'{(Value.Length > 60 ? Value.Substring(0, 57) + "…" : Value).Replace("\n", "\\n")}'";
}
