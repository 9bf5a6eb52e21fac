namespace TaskDsl.HuggingFace.Tokenizers;

/// <summary>A rendered prompt as tokens.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="CompletionMask">For each token, whether the model must produce it: those carry the loss.</param>
public sealed record TokenizedPrompt(int[] Ids, bool[] CompletionMask)
{
    /// <summary>How many tokens the model must produce.</summary>
    public int CompletionLength => CompletionMask.AsSpan().Count(true);
}
