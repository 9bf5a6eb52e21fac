using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// Decodings that go on together, token by token: their open completions are the rows of one batch. Others can join at any token
/// (continuous batching, Yu et al., Orca, OSDI 2022), and whoever is done or given up leaves.
/// </summary>
internal sealed class DecodingBatch : IDisposable
{
    private readonly LogitSourceRun writing;
    private readonly LanguageModel model;
    private readonly bool onHost;
    private readonly Dictionary<Completion, int> places; // The row of each open completion.
    private List<DecodingRun> runs;
    private long[] last; // Each row's last token.

    private DecodingBatch(LogitSourceRun writing, LanguageModel model, bool onHost, IReadOnlyList<DecodingRun> runs)
    {
        (this.writing, this.model, this.onHost, this.runs) = (writing, model, onHost, [.. runs]);
        places = runs.SelectMany(run => run.Open).Index().ToDictionary(open => open.Item, open => open.Index);
        last = new long[places.Count];
    }

    /// <summary>The runs that are not done.</summary>
    public IReadOnlyList<DecodingRun> Runs => runs;

    /// <summary>How many rows the model computes for a token.</summary>
    public int Rows => last.Length;

    /// <summary>Reads what some runs write behind, and writes their first tokens.</summary>
    /// <param name="source">Where scores come from.</param>
    /// <param name="model">The model that is asked, for messages.</param>
    /// <param name="runs">What chooses by them.</param>
    /// <param name="onHost">Whether all scores are looked at on the host. Default: where they are computed there.</param>
    /// <exception cref="ModelException">Scores are no numbers.</exception>
    public static DecodingBatch Begin(LogitSource source, LanguageModel model, IReadOnlyList<DecodingRun> runs, bool? onHost = null)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var writing = source.Start([.. runs.SelectMany(run => run.Contexts)], runs.Max(run => run.Limit));
        var batch = new DecodingBatch(writing, model, onHost ?? model.Device.type == TorchSharp.DeviceType.CPU, runs);
        try
        {
            batch.Step(begun: false);
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Brings decodings to their ends; each has its answer then.</summary>
    /// <param name="source">Where scores come from.</param>
    /// <param name="model">The model that is asked, for messages.</param>
    /// <param name="runs">What chooses by them.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <param name="onHost">Whether all scores are looked at on the host. Default: where they are computed there.</param>
    /// <exception cref="ModelException">Scores are no numbers.</exception>
    public static void Run(
        LogitSource source,
        LanguageModel model,
        IReadOnlyList<DecodingRun> runs,
        CancellationToken cancellation,
        bool? onHost = null
    )
    {
        cancellation.ThrowIfCancellationRequested();
        using var batch = Begin(source, model, runs, onHost);
        while (batch.Runs.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Step();
        }
    }

    /// <summary>Writes one token more of each run.</summary>
    /// <exception cref="ModelException">Scores are no numbers.</exception>
    public void Step() => Step(begun: true);

    /// <summary>Takes in runs that were begun by themselves.</summary>
    /// <param name="begun">They; where they are taken, nothing is left to do with it but to dispose of it.</param>
    /// <returns>Whether the source could join them.</returns>
    public bool Join(DecodingBatch begun)
    {
        using var ungraded = no_grad();
        if (!writing.Join(begun.writing))
            return false;
        foreach (var (completion, row) in begun.places)
            places.Add(completion, last.Length + row);
        last = [.. last, .. begun.last];
        runs.AddRange(begun.runs);
        begun.runs = [];
        return true;
    }

    /// <summary>Gives up a run. Its rows are computed until the rest of the batch is worth less than they cost.</summary>
    public void GiveUp(DecodingRun run)
    {
        foreach (var open in run.Open)
            places.Remove(open);
        runs.Remove(run);
        Keep([.. places.Keys], completion => places[completion]);
    }

    /// <inheritdoc/>
    public void Dispose() => writing.Dispose();

    private void Step(bool begun)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var logits = writing.Next(begun ? last : null).to(ScalarType.Float32);
        var sent = onHost ? SentLogits.Whole(logits, model, places.Values) : SentLogits.Seen(logits, model, Views());
        foreach (var run in runs)
            run.Step(new LogitRows(sent, [.. run.Open.Select(completion => places[completion])]));
        runs = [.. runs.Where(run => run.Open.Count > 0)];
        Keep([.. runs.SelectMany(run => run.Open)], completion => places[completion.Before!]);
    }

    /// <summary>
    /// Goes on with these completions. Each stays in its row until some branch. Finished rows cost as much as the others: they are dropped
    /// once they are half.
    /// </summary>
    private void Keep(Completion[] open, Func<Completion, int> row)
    {
        var from = Array.ConvertAll(open, completion => row(completion));
        if (open.Length > 0 && (open.Length <= Rows / 2 || from.Distinct().Count() < from.Length))
        {
            using var scope = NewDisposeScope();
            writing.Select(from);
            last = new long[from.Length];
            from = [.. Enumerable.Range(0, from.Length)];
        }

        places.Clear();
        foreach (var (completion, at) in open.Zip(from))
        {
            places.Add(completion, at);
            last[at] = completion.Token;
        }
    }

    private LogitView?[] Views()
    {
        var views = new LogitView?[Rows];
        foreach (var run in runs)
        foreach (var open in run.Open)
            views[places[open]] = run.View(open);
        return views;
    }
}
