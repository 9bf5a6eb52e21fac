using System.Diagnostics;
using System.Globalization;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Training;

/// <summary>The training loop of one model. One thread runs it; each batch has a scope of its own for native memory.</summary>
internal sealed class Trainer : IDisposable
{
    private readonly Pace pace = new();
    private readonly FlatParameters parameters;
    private readonly OptimizerRun optimizer;
    private readonly RunLog log;

    public Trainer(Recipe recipe, Objective objective, TunedModel tuned, RunFolder folder, (Checkpoint Checkpoint, string Folder)? resume)
    {
        (Recipe, Objective, Tuned, Folder) = (recipe, objective, tuned, folder);
        parameters = new FlatParameters(tuned.Trained, tuned.LearningRateFactor);
        optimizer = recipe.Optimizer.Start(parameters);
        State = resume?.Checkpoint ?? new Checkpoint { Step = 0, Next = default };
        resume?.Checkpoint.Restore(resume.Value.Folder, parameters, optimizer);
        log = new RunLog(folder, State.Step);
    }

    /// <summary>What is saved when the validation loss is the lowest so far.</summary>
    public required Action SaveBest { get; init; }

    public required TrainingStream Stream { get; init; }

    public required int Steps { get; init; }

    public required IReadOnlyList<TokenBatch> Validation { get; init; }

    public required Action<TrainingProgress> Report { get; init; }

    /// <summary>Where the run is.</summary>
    public Checkpoint State { get; private set; }

    /// <summary>How many numbers are trained.</summary>
    public long TrainedCount => parameters.Count;

    private Recipe Recipe { get; }

    private Objective Objective { get; }

    private TunedModel Tuned { get; }

    private RunFolder Folder { get; }

    /// <summary>Trains to the last step.</summary>
    /// <exception cref="RunInterruptedException">It was cancelled; the last whole step is saved.</exception>
    /// <exception cref="TrainingDivergedException">Loss or gradients are not finite.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        if (State.Step == 0 && Validate() is { } untrained) log.Write(0, ("validation_loss", untrained));
        var (measureEvery, saveEvery) = (Recipe.Evaluation.Every ?? Math.Max(1, Steps / 10), Recipe.Checkpoints.Every ?? Math.Max(1, Steps / 10));
        double? validation = State.BestLoss;
        foreach (var step in State.Step < Steps ? Stream.Steps(State.Next, CancellationToken.None) : [])
        {
            var started = Stopwatch.GetTimestamp();
            if (TakeStep(step, cancellationToken) is not { } taken) throw Interrupted();
            var tokens = step.Batches.Sum(b => b.Tokens);
            pace.Add(tokens, Stopwatch.GetElapsedTime(started));
            State = State with { Step = State.Step + 1, Next = step.Position with { Step = step.Position.Step + 1 }, Tokens = State.Tokens + tokens };
            log.Write(State.Step, ("loss", taken.Loss), ("learning_rate", taken.Rate), ("gradient_norm", taken.Norm), ("tokens_per_second", pace.TokensPerSecond));
            if (State.Step % measureEvery == 0 || State.Step == Steps) validation = Measure() ?? validation;
            Report(new TrainingProgress
            {
                Phase = RunPhase.Training,
                Step = State.Step,
                Steps = Steps,
                Loss = taken.Loss,
                ValidationLoss = validation,
                LearningRate = taken.Rate,
                TokensPerSecond = pace.TokensPerSecond,
                Eta = pace.TimePerStep * (Steps - State.Step),
            });
            if (State.Step % saveEvery == 0 || State.Step == Steps) Save();
            if (State.Step == Steps) break;
        }
    }

    public void Dispose()
    {
        log.Dispose();
        optimizer.Dispose();
        parameters.Dispose();
    }

    private (double Loss, double Norm, double Rate)? TakeStep(TrainingStep step, CancellationToken cancellationToken)
    {
        // Whatever draws from torch draws from the step's own seed: a resumed run needs no saved generator.
        random.manual_seed((long)new Draw(Recipe.Seed, State.Step).Next() & long.MaxValue);
        parameters.ClearGradients();
        double sum = 0;
        long count = 0;
        foreach (var batch in step.Batches)
        {
            if (cancellationToken.IsCancellationRequested) return null;
            using var scope = NewDisposeScope();
            var loss = Loss(batch, Recipe.Dropout);
            sum += loss.Sum.ToDouble();
            count += loss.Count;
            if (!double.IsFinite(sum)) throw Diverged($"the loss is {(sum / Math.Max(1, count)).ToString(CultureInfo.InvariantCulture)}", batch);
            if (loss.Count > 0) Gradients.Backward(loss.Sum);
        }

        if (cancellationToken.IsCancellationRequested) return null;
        if (count == 0) throw new RunException($"Step {State.Step + 1} has no token that the objective counts: {Places(step.Batches[0])}. The objective '{Recipe.Objective.GetType().Name}' fits neither answers nor text.");
        var norm = parameters.Normalise(count, Recipe.ClipNorm);
        if (!double.IsFinite(norm)) throw Diverged($"the norm of the gradients is {norm.ToString(CultureInfo.InvariantCulture)}", [.. step.Batches]);
        return (sum / count, norm, optimizer.Step(Recipe.Schedule.Factor(State.Step, Steps)));
    }

    private LossSum Loss(TokenBatch batch, double dropout)
    {
        using var autocast = Recipe.Precision == Precision.BFloat16 ? Autocast.BFloat16(Tuned.Model.Device) : null;
        Tuned.Model.Dropout = dropout;
        try
        {
            return Objective.Loss(Tuned.Model, batch);
        }
        finally
        {
            Tuned.Model.Dropout = 0;
        }
    }

    /// <summary>The mean loss on the validation part; null where there is none.</summary>
    private double? Validate()
    {
        if (Validation.Count == 0) return null;
        random.manual_seed(Recipe.Seed); // What an objective draws is the same each time, so that losses can be compared.
        using var ungraded = no_grad();
        double sum = 0;
        long count = 0;
        foreach (var batch in Validation)
        {
            using var scope = NewDisposeScope();
            var loss = Loss(batch, dropout: 0);
            sum += loss.Sum.ToDouble();
            count += loss.Count;
        }

        return count == 0 ? null : sum / count;
    }

    private double? Measure()
    {
        var loss = Validate();
        if (loss is not null) log.Write(State.Step, ("validation_loss", loss.Value));
        // With nothing to choose by, the last step is the best.
        if (loss is null ? State.Step < Steps : loss >= State.BestLoss) return loss;
        State = State with { BestLoss = loss, BestStep = State.Step };
        SaveBest();
        return loss;
    }

    private void Save() => State.Save(Folder.Checkpoints, parameters, optimizer, Recipe.Checkpoints.Keep);

    private RunInterruptedException Interrupted()
    {
        if (State.Step > 0) Save();
        return new RunInterruptedException(Folder.Path, State.Step);
    }

    private TrainingDivergedException Diverged(string what, params ReadOnlySpan<TokenBatch> batches)
    {
        var places = new List<string>();
        foreach (var batch in batches) places.Add(Places(batch));
        var good = Checkpoint.Newest(Folder.Checkpoints);
        return new TrainingDivergedException(
            $"Training stopped at step {State.Step + 1} of {Steps}: {what}. The weights are still those of step {State.Step}.\n" +
            $"The step's records: {string.Join("; ", places)}.\n" +
            (good is { } last ? $"The last good checkpoint is {last.Folder}." : "No checkpoint was written yet.") +
            "\nA lower optimizer.learning_rate, more schedule.warm_up or a lower clip_norm usually cures it; a record of this step may also be broken.");
    }

    private static string Places(TokenBatch batch) =>
        string.Join(", ", batch.Origins.Take(10)) + (batch.Origins.Count > 10 ? $" and {batch.Origins.Count - 10} more" : "");
}
