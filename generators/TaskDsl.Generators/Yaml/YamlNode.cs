using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Yaml;

/// <summary>A node of a YAML document.</summary>
public abstract class YamlNode(SourceSpan span)
{
    /// <summary>Where it stands.</summary>
    public SourceSpan Span { get; } = span;

    /// <summary>What it is, in words for an error.</summary>
    public abstract string Description { get; }
}

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

    /// <summary>Whether it is YAML's null.</summary>
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Description =>
        IsNull
            ? "nothing"
            : $"{(IsPlain ? "" : "the text ")}'{(Value.Length > 60 ? Value.Substring(0, 57) + "…" : Value).Replace("\n", "\\n")}'";
}

/// <summary>A sequence.</summary>
public sealed class YamlSequence(SourceSpan span, IReadOnlyList<YamlNode> items) : YamlNode(span)
{
    /// <summary>The items, in order.</summary>
    public IReadOnlyList<YamlNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string Description => "a sequence";
}

/// <summary>A mapping; its keys are distinct scalars.</summary>
public sealed class YamlMapping(SourceSpan span, IReadOnlyList<YamlEntry> entries) : YamlNode(span)
{
    /// <summary>The entries, in order.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    /// <inheritdoc/>
    public override string Description => "a mapping";

    /// <summary>The value of a key; null where the key is absent.</summary>
    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Value == key).Value;
}

/// <summary>One entry of a mapping.</summary>
public readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);
