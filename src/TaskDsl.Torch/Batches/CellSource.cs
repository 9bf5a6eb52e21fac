namespace TaskDsl.Torch.Batches;

/// <summary>The items of a source that belong to a cell of a mixture.</summary>
/// <param name="source">The source.</param>
/// <param name="cell">The cell.</param>
/// <param name="share">How often an epoch goes through them.</param>
internal sealed class CellSource(TokenSource source, MixtureCell cell, double share) : TokenSource
{
    /// <inheritdoc/>
    public override string Name => cell.Name;

    /// <inheritdoc/>
    public override int Count => cell.Items?.Length ?? source.Count;

    /// <inheritdoc/>
    public override double Weight => share;

    /// <inheritdoc/>
    public override void Prepare(int repetition) => source.Prepare(repetition);

    /// <inheritdoc/>
    public override TokenGroup Encode(int index, int repetition) => source.Encode(Item(index), repetition);

    /// <inheritdoc/>
    public override TokenLength Measure(int index, int repetition) => source.Measure(Item(index), repetition);

    private int Item(int index) => cell.Items?[index] ?? index;
}
