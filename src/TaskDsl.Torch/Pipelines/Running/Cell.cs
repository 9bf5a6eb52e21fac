using System.Globalization;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>One combination of a sweep's values.</summary>
public sealed class Cell
{
    /// <summary>The axis of seeds.</summary>
    public const string SeedAxis = "seed";

    private readonly IReadOnlyList<(string Axis, string Text, int Index)> values;

    internal Cell(IReadOnlyList<(string Axis, string Text, int Index)> values) => this.values = values;

    /// <summary>Its seed.</summary>
    /// <exception cref="RunException">The sweep has no seeds.</exception>
    public int Seed =>
        values.FirstOrDefault(v => v.Axis == SeedAxis).Text is { } seed
            ? int.Parse(seed, CultureInfo.InvariantCulture)
            : throw new RunException("the sweep has no seeds.");

    /// <summary>What it is called: <c>rank=8,seed=1</c>.</summary>
    public string Name => string.Join(',', values.Select(v => $"{v.Axis}={v.Text}"));

    /// <summary>What it is called but for its seed: all of one setting differ by chance alone.</summary>
    public string Setting => string.Join(',', values.Where(v => v.Axis != SeedAxis).Select(v => $"{v.Axis}={v.Text}"));

    /// <summary>Its seed, as <c>seed=1</c>; empty where seeds are not swept.</summary>
    internal string SeedName => string.Join(',', values.Where(v => v.Axis == SeedAxis).Select(v => $"{v.Axis}={v.Text}"));

    /// <summary>Its value of an axis.</summary>
    /// <typeparam name="T">The type where it stands.</typeparam>
    /// <param name="axis">The name in <see cref="Sweep.Over"/>, or <c>seed</c>.</param>
    /// <param name="of">The axis's values, in order.</param>
    /// <exception cref="RunException">The sweep has no such axis, or not so many values.</exception>
    public T Of<T>(string axis, params IReadOnlyList<T> of)
    {
        ArgumentNullException.ThrowIfNull(of);
        var at = values.Where(v => v.Axis == axis).Select(v => v.Index).DefaultIfEmpty(-1).First();
        return at >= 0 && at < of.Count
            ? of[at]
            : throw new RunException(
                at < 0 ? $"the sweep has no '{axis}'." : $"the sweep has more values of '{axis}' than the {of.Count} where it is used."
            );
    }

    internal Cell With(string axis, string text, int index) => new([.. values, (axis, text, index)]);
}
