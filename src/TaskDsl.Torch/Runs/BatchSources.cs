using TaskDsl.Data;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Cache;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>What the batches of a run are made of: the examples of its tasks, and its plain text.</summary>
internal sealed class BatchSources(RunContext run, IReadOnlyList<RunTask> tasks, LoadedModel model)
{
    private Recipe Recipe => run.Recipe;

    /// <summary>What is trained on, in the recipe's mixture.</summary>
    public TrainingStream Training(IReadOnlyList<CorpusDocument> documents)
    {
        var cells = tasks
            .SelectMany(task =>
                MixtureCell.Of(task.Prompt, task.Data[SplitName.Train], Recipe.Mixture.By).Select(cell => (Task: task, Cell: cell))
            )
            .ToList();
        var sources = cells
            .Select(cell => (cell.Task, cell.Cell.Phrasing))
            .Distinct()
            .ToDictionary(key => key, key => Cached(key.Task, SplitName.Train, key.Phrasing));
        var shares = Recipe.Mixture.Shares([
            .. cells.Select(cell => (cell.Task.Share.Weight, cell.Cell.Items?.Length ?? cell.Task.Data[SplitName.Train].Count)),
        ]);
        return Stream(
            cells.Zip(shares, (cell, share) => new CellSource(sources[(cell.Task, cell.Cell.Phrasing)], cell.Cell, share)),
            documents
        );
    }

    /// <summary>What the run is watched on: every example once.</summary>
    public TrainingStream Validation(IReadOnlyList<CorpusDocument> documents) =>
        Stream(tasks.Select(task => Cached(task, SplitName.Validation, phrasing: null)), documents);

    private TrainingStream Stream(IEnumerable<TokenSource> examples, IReadOnlyList<CorpusDocument> documents)
    {
        List<TokenSource> sources = [.. examples];
        if (documents.Count > 0)
            sources.Add(
                new CorpusSource(documents, model.Tokenizer, Recipe.Batch.SequenceLength, model.Model is Encoder, run.CancellationToken)
            );
        // Only a decoder's texts share rows.
        var batch = model.Model is Decoder ? Recipe.Batch : Recipe.Batch with { Packing = false };
        return new TrainingStream(sources, batch, model.Tokenizer.Padding, Recipe.Seed);
    }

    private CachedSource Cached(RunTask task, SplitName split, int? phrasing) =>
        run.Hold(new CachedSource(Examples(task, split, phrasing), new TokenCache(run.Options.Tokens, run.Notice)));

    private TaskSource Examples(RunTask task, SplitName split, int? phrasing) =>
        new()
        {
            Prompt = task.Prompt,
            Examples = task.Data[split],
            Fingerprint = $"{task.Data.Fingerprint} {split}",
            Demonstrations = new Demonstrations(task.Data[SplitName.Train], task.Prompt.Demonstrations, Recipe.Seed),
            Tokenizer = model.Tokenizer,
            ChatFormat = model.LayoutOf(task.Prompt),
            Objective = Recipe.Objective,
            Separate = model.Model is EncoderDecoder,
            Seed = split == SplitName.Train ? Recipe.Seed : null,
            Phrasing = phrasing,
        };
}
