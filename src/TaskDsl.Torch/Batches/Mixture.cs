using System.ComponentModel.DataAnnotations;

namespace TaskDsl.Torch.Batches;

/// <summary>
/// How large and small tasks share an epoch (Raffel et al., arXiv 1910.10683, section 3.5.2): a task with n examples and weight w is drawn
/// in proportion to w · min(n, cap)^(1/temperature). An epoch stays as long as it is at temperature 1. By more than the task, each cell is
/// drawn so, as xP3 takes at most so many examples of each set, language and prompt (arXiv 2211.01786).
/// </summary>
public sealed record Mixture : IValidatableObject
{
    /// <summary>
    /// What cells are told apart by: each has n examples, the weight of its task, and the cap. By <c>phrasing</c> each example is there
    /// once in each phrasing of its language, so that an epoch is as much longer. Default: the task.
    /// </summary>
    public IReadOnlyList<MixturePart> By { get; init; } = [MixturePart.Task];

    /// <summary>1 draws tasks in proportion to their examples; the higher, the more alike they are drawn.</summary>
    [Range(1.0, 1e6)]
    public double Temperature { get; init; } = 1;

    /// <summary>The most examples of a cell that an epoch draws, before its weight; the next epoch draws others. Default: all.</summary>
    [Range(1, int.MaxValue)]
    public int? Cap { get; init; }

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (!By.Contains(MixturePart.Task))
            yield return new("each cell is of one task; say so: by: [task, language].", ["by"]);
        if (By.Distinct().Count() < By.Count)
            yield return new("it names the same twice.", ["by"]);
    }

    /// <summary>How often an epoch goes through each cell's examples.</summary>
    /// <param name="tasks">The cells' weights and numbers of examples.</param>
    internal double[] Shares(IReadOnlyList<(double Weight, int Count)> tasks)
    {
        var sizes = tasks.Select(t => (double)Math.Min(t.Count, Cap ?? int.MaxValue)).ToArray();
        // As the weights say, to the last bit, where nothing else is asked for.
        if (Temperature == 1)
            return [.. tasks.Select((t, i) => sizes[i] == t.Count ? t.Weight : t.Weight * sizes[i] / t.Count)];
        var rates = tasks.Select((t, i) => t.Weight * Math.Pow(sizes[i], 1 / Temperature)).ToArray();
        var (epoch, all) = (tasks.Select((t, i) => t.Weight * sizes[i]).Sum(), rates.Sum());
        return [.. tasks.Select((t, i) => t.Count == 0 ? 0 : epoch * rates[i] / all / t.Count)];
    }
}
