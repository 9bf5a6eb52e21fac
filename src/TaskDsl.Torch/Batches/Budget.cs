using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Batches;

/// <summary>When a run ends: at the first limit that is reached.</summary>
public sealed record Budget
{
    /// <summary>Times that the data is gone through. Default: 3, or as many as the steps need where they are given.</summary>
    [Range(1e-6, 1e6), AlsoCalled("num_train_epochs", "num_epochs", "max_epochs")]
    public double? Epochs { get; init; }

    /// <summary>Optimizer steps, over as many epochs as they need. Default: as many as the epochs need.</summary>
    [Range(1, int.MaxValue), Beside(nameof(Epochs), "the run ends at whichever of the two is reached first"), AlsoCalled("max_steps")]
    public int? Steps { get; init; }

    /// <summary>The epochs after which a run ends whatever its steps; infinite where the steps alone end it.</summary>
    internal double MostEpochs => Epochs ?? (Steps is null ? 3 : double.PositiveInfinity);
}
