using TaskDsl.Torch.Recipes;

namespace TaskDsl.Gpu;

/// <summary>One part of the check, which runs in a process of its own: what it breaks, it breaks for itself.</summary>
internal abstract class Step
{
    /// <summary>What it is called on the command line and in the results.</summary>
    public abstract string Name { get; }

    /// <summary>The seconds after which it is stopped: a few times what it should take on a card.</summary>
    public abstract int Limit { get; }

    /// <summary>The numbers that it is run in, one process each.</summary>
    public virtual IReadOnlyList<Precision> Precisions => [Precision.Float32];

    /// <summary>Whether float32 products may be TF32: as a recipe has it where speed is measured, not where numbers are compared.</summary>
    public virtual bool Tf32 => false;

    /// <summary>Runs it.</summary>
    /// <returns>What was found, one after the other: what was found before a failure stays.</returns>
    public abstract IEnumerable<Finding> Run(Setting setting);
}
