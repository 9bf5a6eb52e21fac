using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Inference;

public sealed partial class LoadedModel
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private Predictor? predictor;

    /// <summary>Answers one question; the answer always parses. Calls from several threads wait for each other.</summary>
    /// <param name="task">The task.</param>
    /// <param name="prompt">A prompt for it.</param>
    /// <param name="input">The input.</param>
    /// <param name="language">The language tag. Default: the task's first.</param>
    /// <param name="cancellation">Ends the work.</param>
    public async Task<TOutput> PredictAsync<TInput, TOutput>(
        DslTask<TInput, TOutput> task,
        Prompt prompt,
        TInput input,
        string? language = null,
        CancellationToken cancellation = default
    )
        where TInput : class
        where TOutput : class
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Task.Name != task.Name)
            throw new ArgumentException($"prompt '{prompt.Name}' is for task '{prompt.Task.Name}', not '{task.Name}'.", nameof(prompt));
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            predictor ??= new Predictor(this);
            var request = new PredictionRequest(prompt, input, language ?? task.Languages[0]);
            var prediction = await Task.Run(() => predictor.Predict([request], cancellation: cancellation)[0], cancellation)
                .ConfigureAwait(false);
            return prediction.Output as TOutput
                ?? throw new ModelException(
                    $"task '{task.Name}': {(prediction.IsOverlong ? "" : $"the answer '{prediction.Text}' does not parse: ")}{prediction.Error}"
                );
        }
        finally
        {
            turn.Release();
        }
    }
}
