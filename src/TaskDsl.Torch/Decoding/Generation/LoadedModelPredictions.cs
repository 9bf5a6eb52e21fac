using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>Answers of a model, in the task's own types.</summary>
public static class LoadedModelPredictions
{
    // What a model answers with, made at its first question, as long as the model lives.
    private static readonly ConditionalWeakTable<LoadedModel, AnswerQueue> Queues = [];

    /// <summary>
    /// Answers one question; the answer always parses. Calls from several threads are answered together: a question joins those that are
    /// being written at the next token, as many at a time as the plan has rows.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="task">The task.</param>
    /// <param name="prompt">A prompt for it.</param>
    /// <param name="input">The input.</param>
    /// <param name="language">The language tag. Default: the task's first.</param>
    /// <param name="plan">How the answer is produced. Default: constrained and greedy.</param>
    /// <param name="cancellation">Gives the answer up.</param>
    /// <exception cref="InputException">The input cannot be answered: blank, too long, of another language, without options.</exception>
    /// <exception cref="ModelException">The model cannot answer in this way, or a free answer does not parse.</exception>
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
        ArgumentNullException.ThrowIfNull(input);
        return (await model.PredictAllAsync(task, prompt, [input], language, plan, cancellation).ConfigureAwait(false))[0];
    }

    /// <summary>Answers questions, in their order, as many at a time as the plan has rows; the answers always parse.</summary>
    /// <param name="model">The model.</param>
    /// <param name="task">The task.</param>
    /// <param name="prompt">A prompt for it.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="language">The language tag. Default: the task's first.</param>
    /// <param name="plan">How answers are produced. Default: constrained and greedy.</param>
    /// <param name="cancellation">Gives the answers up.</param>
    /// <exception cref="InputException">An input cannot be answered: blank, too long, of another language, without options.</exception>
    /// <exception cref="ModelException">The model cannot answer in this way, or a free answer does not parse.</exception>
    public static async Task<IReadOnlyList<TOutput>> PredictAllAsync<TInput, TOutput>(
        this LoadedModel model,
        DslTask<TInput, TOutput> task,
        Prompt prompt,
        IReadOnlyList<TInput> inputs,
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
        ArgumentNullException.ThrowIfNull(inputs);
        if (prompt.Task.Name != task.Name)
            throw new ArgumentException($"prompt '{prompt.Name}' is for task '{prompt.Task.Name}', not '{task.Name}'.", nameof(prompt));
        if (plan is not null)
            Mistakes.RefuseIn(plan);
        language ??= task.Languages[0];
        if (!task.Languages.Contains(language))
            throw new InputException($"task '{task.Name}' has the languages {string.Join(", ", task.Languages)}, not '{language}'.");
        foreach (var input in inputs)
        {
            RefuseBlank(task, input ?? throw new ArgumentNullException(nameof(inputs), "An input is null."));
            if (task.OutputFields.Any(field => field.IsChoice))
                _ = task.OutputGrammar(input, language); // What cannot be chosen among is said here and to who asks.
        }

        var answers = Queues
            .GetValue(model, m => new AnswerQueue(m))
            .Ask(inputs.Select(input => new PredictionRequest(prompt, input, language)), plan, cancellation);
        return [.. (await Task.WhenAll(answers).ConfigureAwait(false)).Select(answer => Output<TOutput>(task, answer))];
    }

    private static TOutput Output<TOutput>(DslTask task, Prediction answer)
        where TOutput : class =>
        answer.NotPut is not null
            ? throw new InputException($"task '{task.Name}': {answer.Error}")
            : answer.Output as TOutput
                ?? throw new ModelException($"task '{task.Name}': the answer '{answer.Text}' does not parse: {answer.Error}");

    /// <summary>A model answers anything, a question without content too.</summary>
    private static void RefuseBlank(DslTask task, object input)
    {
        string[] required = [.. task.InputFields.Where(f => f.Type is "text" or "string").Select(f => f.Name)];
        if (required.Length == 0)
            return;
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, input);
        using var json = JsonDocument.Parse(utf8.WrittenMemory);
        foreach (var field in required)
            if (!json.RootElement.TryGetProperty(field, out var value) || string.IsNullOrWhiteSpace(value.GetString()))
                throw new InputException(
                    $"task '{task.Name}': the input '{field}' is {(Has(value) ? "blank" : "missing")}; it needs a text."
                );

        static bool Has(JsonElement value) => value.ValueKind == JsonValueKind.String;
    }
}
