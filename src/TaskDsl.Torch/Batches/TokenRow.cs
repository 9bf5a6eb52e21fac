namespace TaskDsl.Torch.Batches;

/// <summary>A row before it is collated into a batch.</summary>
/// <param name="Numbers">The numbers of its sequences in their series.</param>
/// <param name="Tokens">Their tokens.</param>
/// <param name="CompletionTokens">Those of them that carry the loss of a supervised objective.</param>
/// <param name="Untagged">Their entities that no tag says.</param>
/// <param name="Widened">Their entities whose tags are those of longer words.</param>
internal readonly record struct TokenRow(int[] Numbers, int Tokens, int CompletionTokens, int Untagged, int Widened);
