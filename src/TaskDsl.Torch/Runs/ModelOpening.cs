using System.Text;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Runs;

/// <summary>Opens the model that a run starts from.</summary>
internal static class ModelOpening
{
    /// <summary>Opens it with the head that the run's objective needs.</summary>
    /// <param name="run">The run.</param>
    /// <param name="tasks">All tasks of the recipe: a new tokenizer learns from each.</param>
    /// <param name="documents">Plain text that a new tokenizer learns from.</param>
    /// <param name="onMeta">Whether only the model's shape is wanted.</param>
    public static LoadedModel Open(
        RunContext run,
        IReadOnlyList<RunTask> tasks,
        IReadOnlyList<CorpusDocument> documents,
        bool onMeta = false
    )
    {
        var recipe = run.Recipe;
        var model = recipe.Model.Open(
            new ModelRequest
            {
                OnMeta = onMeta,
                ProjectDirectory = run.Options.ProjectDirectory,
                Device = run.Device,
                Frozen = recipe.FrozenOn(run.Device),
                Head = recipe.Objective.Head([.. tasks.Where(t => t.Share.Weight > 0).Select(t => t.Share.Task)]),
                Seed = recipe.Seed,
                Corpus = documents
                    .Select(d => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(d.Text))
                    .Concat(tasks.SelectMany(t => Rendered(t, recipe.Model.ChatFormat))),
                SpecialTokens = [.. tasks.SelectMany(t => (recipe.Model.ChatFormat ?? t.Prompt.ChatFormat).SpecialTokens).Distinct()],
                Cancellation = run.CancellationToken,
            }
        );
        (model.AnswersIn, model.Tf32) = (recipe.AnswersOn(run.Device), recipe.Tf32);
        foreach (var notice in model.Notices)
            run.Notice(notice);
        return model;
    }

    /// <summary>The training examples as text, for a tokenizer to learn from.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Rendered(RunTask task, ChatFormat? chat)
    {
        using var buffer = new PromptBuffer();
        foreach (var example in task.Data[SplitName.Train])
        {
            buffer.Clear();
            task.Prompt.Render(buffer, example.InputValue, example.OutputValue, example.Language, chat: chat);
            yield return buffer.Utf8.ToArray();
        }
    }
}
