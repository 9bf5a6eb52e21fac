using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Brings decodings to their ends together: the open completions of all of them are the rows of one batch.</summary>
internal static class DecodingLoop
{
    /// <summary>Runs them.</summary>
    /// <param name="source">Where scores come from.</param>
    /// <param name="model">The model that is asked, for messages.</param>
    /// <param name="runs">What chooses by them; at the end, each has its answer.</param>
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
        var whole = onHost ?? model.Device.type == TorchSharp.DeviceType.CPU;
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        using var writing = source.Start([.. runs.SelectMany(run => run.Contexts)], runs.Max(run => run.Limit));
        var places = runs.SelectMany(run => run.Open).Index().ToDictionary(open => open.Item, open => open.Index);
        var rows = places.Count;
        var last = new long[rows];
        for (var begun = false; ; begun = true)
        {
            using var step = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            var logits = writing.Next(begun ? last : null).to(ScalarType.Float32);
            Step(
                runs,
                whole ? SentLogits.Whole(logits, model, places.Values) : SentLogits.Seen(logits, model, Views(runs, places, rows)),
                places
            );
            Completion[] open = [.. runs.SelectMany(run => run.Open)];
            if (open.Length == 0)
                return;
            int[] from = [.. open.Select(completion => places[completion.Before!])];
            // Each goes on in the row of the one before it, until some branch. Finished rows cost as much as the others: they are dropped
            // once they are half.
            if (open.Length <= rows / 2 || from.Distinct().Count() < from.Length)
            {
                writing.Select(from);
                rows = from.Length;
                last = new long[rows];
                from = [.. Enumerable.Range(0, rows)];
            }

            places.Clear();
            for (var i = 0; i < from.Length; i++)
            {
                places.Add(open[i], from[i]);
                last[from[i]] = open[i].Token;
            }
        }
    }

    private static LogitView?[] Views(IReadOnlyList<DecodingRun> runs, Dictionary<Completion, int> places, int rows)
    {
        var views = new LogitView?[rows];
        foreach (var run in runs)
        foreach (var open in run.Open)
            views[places[open]] = run.View(open);
        return views;
    }

    private static void Step(IReadOnlyList<DecodingRun> runs, SentLogits sent, Dictionary<Completion, int> places)
    {
        foreach (var run in runs)
            if (run.Open is { Count: > 0 } open)
                run.Step(new LogitRows(sent, [.. open.Select(completion => places[completion])]));
    }
}
