using System.Runtime.CompilerServices;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Answers of a model, one question at a time.</summary>
public static class LoadedModelPredictions
{
    // What a model answers with, made at its first question, as long as the model lives.
    private static readonly ConditionalWeakTable<LoadedModel, Turns> Models = [];

    /// <summary>Answers one question; the answer always parses. Calls from several threads wait for each other.</summary>
    /// <param name="model">The model.</param>
    /// <param name="task">The task.</param>
    /// <param name="prompt">A prompt for it.</param>
    /// <param name="input">The input.</param>
    /// <param name="language">The language tag. Default: the task's first.</param>
    /// <param name="plan">How the answer is produced. Default: constrained and greedy.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static async Task<TOutput> PredictAsync<TInput, TOutput>(
        this LoadedModel model,
        DslTask<TInput, TOutput> task,
        Prompt prompt,
        TInput input,
        string? language = null,
        GenerationPlan? plan = null,
        CancellationToken cancellation = default
    )
        where TInput : class
        where TOutput : class
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Task.Name != task.Name)
            throw new ArgumentException($"prompt '{prompt.Name}' is for task '{prompt.Task.Name}', not '{task.Name}'.", nameof(prompt));
        var turns = Models.GetValue(model, m => new Turns(m));
        await turns.Turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var request = new PredictionRequest(prompt, input, language ?? task.Languages[0]);
            var prediction = await Task.Run(() => turns.By(plan).Predict([request], cancellation: cancellation)[0], cancellation)
                .ConfigureAwait(false);
            return prediction.Output as TOutput
                ?? throw new ModelException(
                    $"task '{task.Name}': "
                        + (prediction.IsOverlong ? "" : $"the answer '{prediction.Text}' does not parse: ")
                        + prediction.Error
                );
        }
        finally
        {
            turns.Turn.Release();
        }
    }

    private sealed class Turns(LoadedModel model)
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        private (GenerationPlan? Plan, Predictor Predictor) last = (null, new Predictor(model));

        /// <summary>What answers by a plan; that of the last plan is kept.</summary>
        public Predictor By(GenerationPlan? plan) => (last = plan == last.Plan ? last : (plan, new Predictor(model, plan))).Predictor;
    }
}
