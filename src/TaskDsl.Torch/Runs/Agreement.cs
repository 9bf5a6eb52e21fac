using TaskDsl.Data;
using TaskDsl.Data.Rejecting;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>What the parts of a recipe must agree on, and no single one of them can see.</summary>
internal static class Agreement
{
    /// <summary>
    /// libtorch's float16 on the CPU takes a hundred times as long as its float32, and more: a run would look as if it had stopped.
    /// </summary>
    private const long MostWeightsInFloat16 = 1_000_000;

    /// <summary>Checks what the recipe alone says.</summary>
    /// <exception cref="WordException">A value in it is not allowed.</exception>
    /// <exception cref="RunException">It has nothing to train on, or its tasks get into each other's way.</exception>
    public static void Check(Recipe recipe)
    {
        Mistakes.RefuseIn(recipe);
        // The compiler tells it of the YAML; C# and --set can take away what was there.
        if (recipe.Tasks.Count == 0 && recipe.Corpus.Count == 0)
            throw new RunException(
                $"recipe '{recipe.Name}': it has no tasks and no corpus, so that there is nothing to train on. Give it one of them: "
                    + "'tasks: [<task>]' in the YAML, Tasks = […] in C#, or texts, as 'corpus: [<file>]'."
            );
        if (recipe.Tasks.CountBy(recipe.NameOf).FirstOrDefault(t => t.Value > 1) is { Key: { } twice })
            throw new RunException(
                $"recipe '{recipe.Name}': '{twice}' stands twice under tasks. Give it a weight of 2 instead, or another prompt."
            );
        var files = recipe.Tasks.Select(t => t.Task).Distinct().GroupBy(t => (t.BadRecords as Quarantine)?.Path);
        if (files.FirstOrDefault(g => g.Key is not null && g.Count() > 1) is { Key: { } shared } tasks)
            throw new RunException(
                $"recipe '{recipe.Name}': the tasks {string.Join(", ", tasks.Select(t => t.Name))} set their bad records aside in "
                    + $"one file, '{shared}', so that each would overwrite the other's. Name one file each, or none: the default is "
                    + "<task>.rejects.jsonl."
            );
    }

    /// <summary>Checks recipe, model and prompts against each other.</summary>
    /// <exception cref="RunException">They do not go together.</exception>
    public static void Check(RunContext run, IReadOnlyList<RunTask> tasks, LoadedModel model)
    {
        var recipe = run.Recipe;
        using var tuned = model.Tune(recipe.Tuning, recipe.Seed); // A method that does not fit says so before anything is measured.
        if (
            recipe.Precision == Precision.Float16
            && run.Device.type == TorchSharp.DeviceType.CPU
            && model.Model.WeightCount is var size and > MostWeightsInFloat16
        )
            throw new RunException(
                $"recipe '{recipe.Name}': precision: float16 is for GPUs; on a CPU its products take hundreds of times as long as "
                    + $"in float32, and this model has {size:N0} weights (at most 1,000,000 are let through, to try a recipe out). Use "
                    + "precision: bfloat16 or float32."
            );
        if (!tuned.SavesWholeModel && recipe.Model is not StoredModel)
            throw new RunException(
                $"recipe '{recipe.Name}': tuning '{DefinitionJson.Write(recipe.Tuning)!.AsObject().First().Key}' adapts a model "
                    + "that is there already; a new model needs tuning: full."
            );
        if (recipe.Batch.SequenceLength > model.Model.Config.MaxPositions)
            throw new RunException(
                $"recipe '{recipe.Name}': batch.sequence_length is {recipe.Batch.SequenceLength}, but the model is made for at most "
                    + $"{model.Model.Config.MaxPositions} tokens (max_position_embeddings)."
            );
        foreach (var task in tasks)
        {
            try
            {
                _ = model.LayoutOf(task.Prompt);
                if (
                    recipe.Evaluation.Decoding is not null
                    && recipe.Objective.TeachesAnswers
                    && task.Data[SplitName.Test] is [var first, ..]
                )
                    new Predictor(model, recipe.Evaluation).Check(new(task.Prompt, first.InputValue, first.Language));
            }
            catch (Exception e) when (e is ModelException or ChatTemplateException)
            {
                throw new RunException($"recipe '{recipe.Name}': {e.Message}");
            }
        }
    }
}
