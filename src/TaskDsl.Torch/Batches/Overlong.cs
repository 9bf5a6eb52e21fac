namespace TaskDsl.Torch.Batches;

/// <summary>What happens to an example that is longer than a row.</summary>
public enum Overlong
{
    /// <summary>The run does not start, and says which examples are too long.</summary>
    Fail,

    /// <summary>The example is left out and counted.</summary>
    Drop,

    /// <summary>Tokens are cut from the middle of the prompt, never from the answer, and counted.</summary>
    TruncateInput,
}
