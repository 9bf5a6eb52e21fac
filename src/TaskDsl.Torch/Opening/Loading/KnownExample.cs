using System.Text.Json.Nodes;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>An example whose answer is known.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Language">The language tag.</param>
/// <param name="Text">The input's texts.</param>
/// <param name="Answer">The output field, as it stands in a record: a label's key, a list of these, or a number.</param>
public sealed record KnownExample(string Task, string Language, string Text, JsonNode Answer);
