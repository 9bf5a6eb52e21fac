namespace TaskDsl.HuggingFace.Tokenizers;

/// <summary>A text, or a pair of texts, as tokens with the special ones before, between and behind.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="TypeIds">For each token, which text it belongs to, as the model counts them (BERT's segment ids).</param>
/// <param name="Special">For each token, whether it was put there and is not of the texts.</param>
public sealed record TokenizedText(int[] Ids, int[] TypeIds, bool[] Special);
