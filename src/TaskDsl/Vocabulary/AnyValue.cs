namespace TaskDsl.Vocabulary;

/// <summary>Any value of the YAML, by what it is called: <c>lora(rank=8)</c>. Which type it has is known where it is used.</summary>
/// <param name="Text">What it is called; <c>/</c> and brackets are in no name.</param>
public sealed record AnyValue(string Text);
