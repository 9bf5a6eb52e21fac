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
    public TrainingStream Training(IReadOnlyList<CorpusDocument> documents) =>
        Stream(SplitName.Train, Recipe.Mixture.Shares([.. tasks.Select(t => (t.Share.Weight, t.Data[SplitName.Train].Count))]), documents);

    /// <summary>What the run is watched on: every example once.</summary>
    public TrainingStream Validation(IReadOnlyList<CorpusDocument> documents) =>
        Stream(SplitName.Validation, [.. tasks.Select(_ => 1.0)], documents);

    private TrainingStream Stream(SplitName split, IReadOnlyList<double> shares, IReadOnlyList<CorpusDocument> documents)
    {
        var cache = new TokenCache(run.Options.Tokens, run.Notice);
        List<TokenSource> sources =
        [
            .. tasks.Zip(shares, (task, share) => run.Hold(new CachedSource(Examples(task, split, share), cache))),
        ];
        if (documents.Count > 0)
            sources.Add(
                new CorpusSource(documents, model.Tokenizer, Recipe.Batch.SequenceLength, model.Model is Encoder, run.CancellationToken)
            );
        // Only a decoder's texts share rows.
        var batch = model.Model is Decoder ? Recipe.Batch : Recipe.Batch with { Packing = false };
        return new TrainingStream(sources, batch, model.Tokenizer.Padding, Recipe.Seed);
    }

    private TaskSource Examples(RunTask task, SplitName split, double share) =>
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
            Share = share,
        };
}
