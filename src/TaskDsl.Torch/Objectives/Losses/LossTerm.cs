namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>One term of a loss.</summary>
/// <param name="Name">What the log calls it where there are several.</param>
/// <param name="Weight">What its mean is multiplied by; above 0.</param>
public sealed record LossTerm(string Name, double Weight = 1);
