using TaskDsl.Torch.Opening.Loading;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Several models read and write the same texts, each with a cache of its own; their scores are made one.</summary>
/// <param name="own">The model that the others are added to.</param>
/// <param name="plus">What is added.</param>
/// <param name="minus">What is taken off; null = nothing.</param>
/// <param name="plan">How they are weighed.</param>
/// <param name="vocabulary">How many tokens there are; a model may have room for more.</param>
internal sealed class FusedLogits(
    LogitSourceRun own,
    IReadOnlyList<LogitSourceRun> plus,
    LogitSourceRun? minus,
    FusionPlan plan,
    int vocabulary
) : LogitSourceRun
{
    private IEnumerable<LogitSourceRun> All => [own, .. plus, .. minus is null ? (LogitSourceRun[])[] : [minus]];

    public override Tensor Next(long[]? last)
    {
        using var scope = NewDisposeScope();
        return FusedScores.Of(Of(own), [.. plus.Select(Of)], minus is null ? null : Of(minus), plan).MoveToOuterDisposeScope();

        Tensor Of(LogitSourceRun run) => run.Next(last).narrow(1, 0, vocabulary); // [rows, vocabulary]
    }

    public override void Select(int[] rows)
    {
        foreach (var run in All)
            run.Select(rows);
    }

    public override void Dispose()
    {
        foreach (var run in All)
            run.Dispose();
    }
}
