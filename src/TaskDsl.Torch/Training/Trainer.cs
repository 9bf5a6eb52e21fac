using System.Diagnostics;
using System.Globalization;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Training;

/// <summary>The training loop of one model. One thread runs it; each batch has a scope of its own for native memory.</summary>
internal sealed partial class Trainer : IDisposable
{
    private readonly Throughput throughput = new();
    private readonly FreedMemory freed = new();
    private readonly FlatParameters parameters;
    private readonly OptimizerRun optimizer;
    private readonly MetricLog log;
    private readonly CheckpointFolder checkpoints;
    private double? validationLoss;

    public Trainer(Recipe recipe, ObjectiveRun objective, TunedModel tuned, MetricLog log, CheckpointFolder checkpoints, Checkpoint? resume)
    {
        (Recipe, Objective, Tuned, this.log, this.checkpoints) = (recipe, objective, tuned, log, checkpoints);
        parameters = recipe.Optimizer.Flatten(tuned);
        tuned.Model.ActivationCheckpointing = recipe.ActivationCheckpointing;
        optimizer = recipe.Optimizer.Start(parameters);
        State = resume?.State
            ?? new TrainingState
            {
                Step = 0,
                Next = default,
                Log = default,
                LossScale = recipe.Precision == Precision.Float16 ? new LossScale() : null,
            };
        resume?.Restore(parameters, optimizer);
    }

    /// <summary>Saves the model where it is the best so far.</summary>
    public required Action SaveBest { get; init; }

    /// <summary>Has the model answer validation examples, at most so many per task and language.</summary>
    public required Func<int?, CancellationToken, EvaluationReport> EvaluateValidation { get; init; }

    public required TrainingStream Stream { get; init; }

    public required int Steps { get; init; }

    public required IReadOnlyList<TokenBatch> Validation { get; init; }

    public required Action<TrainingProgress> Report { get; init; }

    /// <summary>Where the run is.</summary>
    public TrainingState State { get; private set; }

    /// <summary>How many numbers are trained.</summary>
    public long TrainedCount => parameters.Count;

    private Recipe Recipe { get; }

    private ObjectiveRun Objective { get; }

    private TunedModel Tuned { get; }

    /// <summary>Whether there is no step left to take.</summary>
    private bool Done => State.Step >= Steps || State.Stopped;

    /// <summary>Trains to the last step, or until early stopping ends it.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the last whole step is saved.</exception>
    /// <exception cref="TrainingDivergedException">Loss or gradients are not finite.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        var saveEvery = Recipe.Checkpoints.Every ?? Math.Max(1, Steps / 10);
        MeasureIfDue(cancellationToken); // Before the first step, and where a run was interrupted while it measured.
        foreach (var step in Done ? [] : Stream.Steps(State.Next, CancellationToken.None))
        {
            var started = Stopwatch.GetTimestamp();
            if (TakeStep(step, cancellationToken) is not { } taken)
                throw Interrupted(cancellationToken);
            freed.Return();
            var tokens = step.Batches.Sum(b => b.Tokens);
            throughput.Add(tokens, Stopwatch.GetElapsedTime(started));
            State = State with
            {
                Step = State.Step + 1,
                Next = step.Position with { Step = step.Position.Step + 1 },
                Tokens = State.Tokens + tokens,
            };
            log.Write(
                State.Step,
                [("loss", taken.Loss.Mean), .. taken.Loss.Terms, ("learning_rate", taken.Rate), ("gradient_norm", taken.Norm)]
            );
            if (State.LossScale is { } scale)
                log.Write(State.Step, ("loss_scale", scale.Scale), ("skipped_steps", scale.Skipped));
            log.WriteTimes(State.Step, ("seconds", throughput.LastStep.TotalSeconds), ("tokens_per_second", throughput.TokensPerSecond));
            MeasureIfDue(cancellationToken);
            Report(
                new TrainingProgress
                {
                    Phase = RunPhase.Training,
                    Step = State.Step,
                    Steps = Steps,
                    Loss = taken.Loss.Mean,
                    ValidationLoss = validationLoss,
                    LearningRate = taken.Rate,
                    TokensPerSecond = throughput.TokensPerSecond,
                    Eta = throughput.TimePerStep * (Steps - State.Step),
                }
            );
            if (State.Step % saveEvery == 0 || Done)
                Save();
            if (Done)
                break;
        }
    }

    public void Dispose()
    {
        optimizer.Dispose();
        parameters.Dispose();
    }

    private (LossTotal Loss, double Norm, double Rate)? TakeStep(TrainingStep step, CancellationToken cancellationToken)
    {
        // Counted before any model runs: so each batch's gradients are those of its share of the step's mean.
        var total = new LossTotal(Objective.Terms);
        foreach (var batch in step.Batches)
            total.Count(Objective.Count(batch));
        if (total.IsEmpty)
            throw new RunException(
                $"Step {State.Step + 1} has no token that the objective counts: {TrainingDivergedException.Records(step.Batches[0])}. "
                    + $"The objective '{Recipe.Objective.GetType().Name}' fits neither answers nor text."
            );
        // What gradients are multiplied by until all are gathered: float16 loses those of a mean, and a single term's need no rounding.
        var scale = State.LossScale?.Scale ?? total.Unit;
        Tuned.BeforeStep(State.Step, Steps);
        Begin();
        foreach (var batch in step.Batches)
        {
            if (cancellationToken.IsCancellationRequested)
                return null;
            Backward(batch, total, scale);
        }

        if (cancellationToken.IsCancellationRequested)
            return null;
        var norm = parameters.Normalise(scale, Recipe.ClipNorm); // On a GPU the step's only wait: the losses are there then too.
        if (total.Broken is { } broken)
            throw Diverged(step, step.Batches[broken], "loss", total.Mean);
        if (Skips(double.IsFinite(norm)))
            return (total, 0, 0);
        if (!double.IsFinite(norm))
            throw Diverged(step, FirstOverflow(step, total, scale), "norm of the gradients", norm);
        return (total, norm, optimizer.Step(Recipe.Schedule.Factor(State.Step, Steps)));
    }

    /// <summary>
    /// Before a step: no gradients, and whatever draws from torch draws from the step's own seed, so that a resumed run needs no saved
    /// generator.
    /// </summary>
    private void Begin()
    {
        RandomState.Seed((long)new Draw(Recipe.Seed, State.Step).Next() & long.MaxValue);
        parameters.ClearGradients();
    }

    /// <summary>Forward and backward over a batch: adds its share of the gradients of a step's loss, times a scale, and its sums.</summary>
    private void Backward(TokenBatch batch, LossTotal total, double scale)
    {
        using var scope = NewDisposeScope();
        var losses = Loss(batch, Recipe.Dropout);
        if (total.Scaled(losses, Objective.Count(batch), scale) is { } loss)
            Gradients.Backward(loss);
        total.Add(losses);
    }

    /// <summary>
    /// The batch of a step whose gradients are the first that are not finite: they are computed once more, and looked at after each.
    /// </summary>
    private TokenBatch FirstOverflow(TrainingStep step, LossTotal total, double scale)
    {
        Begin();
        foreach (var batch in step.Batches.SkipLast(1))
        {
            Backward(batch, total, scale);
            if (!double.IsFinite(parameters.Normalise(1, clip: 0)))
                return batch;
        }

        return step.Batches[^1];
    }

    /// <summary>
    /// Whether a step must not be taken because its loss was scaled too high. The run, and its schedule, go on; the optimizer has not seen
    /// it.
    /// </summary>
    private bool Skips(bool finite)
    {
        if (State.LossScale is not { } scale || (!finite && scale.Scale <= 1))
            return false;
        State = State with { LossScale = scale.After(finite) };
        return !finite;
    }

    private LossSum[] Loss(TokenBatch batch, double dropout)
    {
        // It ends before the backward, which computes in the types that the forward has left.
        using var autocast = Recipe.Precision switch
        {
            Precision.BFloat16 => Autocast.BFloat16(Tuned.Model.Device),
            Precision.Float16 => Autocast.Float16(Tuned.Model.Device),
            _ => null,
        };
        Tuned.Model.Dropout = dropout;
        try
        {
            using var pass = new ForwardPass(Tuned.Model, batch);
            return Objective.Loss(pass);
        }
        finally
        {
            Tuned.Model.Dropout = 0;
        }
    }

    private void MeasureIfDue(CancellationToken cancellationToken)
    {
        var every = Recipe.Evaluation.Every ?? Math.Max(1, Steps / 10);
        if (State.Measured == State.Step || (State.Step % every != 0 && State.Step != Steps))
            return;
        try
        {
            Measure(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw Interrupted(cancellationToken);
        }
    }

    /// <summary>Measures the model on the validation part, keeps it if it is the best so far, and decides whether to go on.</summary>
    private void Measure(CancellationToken cancellationToken)
    {
        var ((loss, measures), criterion) = (Validate(cancellationToken), Recipe.Best);
        validationLoss = loss;
        var score = criterion.Score(loss, criterion.NeedsAnswers ? EvaluateValidation(criterion.AnswerLimit, cancellationToken) : null);
        if (score is null && Recipe.EarlyStopping is not null)
            throw new RunException(
                $"recipe '{Recipe.Name}': early_stopping has nothing to go by: the recipe's tasks have no validation part "
                    + "(split.validation), or nothing in it that the objective counts."
            );
        if (score is double.NaN)
            score = double.NegativeInfinity; // Worse than any other.
        if (loss is not null)
            log.Write(State.Step, [("validation_loss", loss.Value), .. measures]);
        if (score is not null && criterion.ScoreName is { } name)
            log.Write(State.Step, (name, score.Value));
        State = State with { Measured = State.Step };
        if (State.Step == 0)
            return; // The model before: nothing that training has made.
        // With nothing to choose by, the last step is the best.
        if (score is null ? State.Step == Steps : State.BestScore is not { } best || score > best)
        {
            SaveBest();
            State = State with { BestScore = score, BestStep = State.Step, BestLoss = loss };
        }

        if (Recipe.EarlyStopping is not { } stopping || score is null)
            return;
        State =
            State.LastImprovement is not { } last || score > last + stopping.MinDelta
                ? State with
                {
                    LastImprovement = score,
                    Unimproved = 0,
                }
                : State with
                {
                    Unimproved = State.Unimproved + 1,
                };
        State = State with { Stopped = State.Unimproved >= stopping.Patience };
    }

    /// <summary>The mean loss on the validation part, null where there is none, and what else the objective measures there.</summary>
    private (double? Loss, IReadOnlyList<(string Name, double Value)> Measures) Validate(CancellationToken cancellationToken)
    {
        if (Validation.Count == 0)
            return (null, []);
        RandomState.Seed(Recipe.Seed); // What an objective draws is the same each time, so that losses can be compared.
        using var ungraded = no_grad();
        var total = new LossTotal(Objective.Terms);
        foreach (var batch in Validation)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            total.Count(Objective.Count(batch));
            total.Add(Loss(batch, dropout: 0));
        }

        return total.IsEmpty ? (null, []) : (total.Mean, [.. total.Measures.Select(m => ($"validation_{m.Name}", m.Value))]);
    }

    private void Save()
    {
        State = State with { Log = log.Flush() };
        checkpoints.Save(State, parameters, optimizer, Recipe.Checkpoints.Keep);
    }

    /// <summary>Saves the last whole step.</summary>
    private OperationCanceledException Interrupted(CancellationToken cancellationToken)
    {
        if (State.Step > 0)
            Save();
        return new OperationCanceledException(cancellationToken);
    }

    private TrainingDivergedException Diverged(TrainingStep step, TokenBatch batch, string what, double value) =>
        TrainingDivergedException.At(
            State.Step,
            Steps,
            step,
            batch,
            $"the {what} is {value.ToString(CultureInfo.InvariantCulture)}",
            checkpoints.Newest()?.Folder
        );
}
