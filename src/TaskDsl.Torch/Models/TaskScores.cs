namespace TaskDsl.Torch.Models;

/// <summary>Those of a head's scores that answer one task.</summary>
/// <param name="Head">How they answer it.</param>
/// <param name="First">The first of them.</param>
/// <param name="Request">What they mean.</param>
public sealed record TaskScores(SingleTaskHead Head, int First, HeadRequest Request)
{
    /// <summary>How many they are.</summary>
    public int Count => Request.Labels.Count;
}
