namespace TaskDsl.Torch.Opening.Loading;

/// <summary>The model that answers an input.</summary>
/// <param name="Folder">Its folder; null = there is none.</param>
/// <param name="Reason">Why there is none: one of few.</param>
/// <param name="Error">The same for a person, with what to do.</param>
public sealed record ModelOfInput(string? Folder, string Reason = "", string Error = "");
