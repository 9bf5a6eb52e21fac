using TaskDsl.Prompts;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Runs;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A model of one's own answers.</summary>
public sealed class ModelAnswering : Answering
{
    private readonly StepContext step;
    private readonly LoadedModel model;
    private readonly Predictor predictor;

    /// <summary>Opens the model.</summary>
    /// <param name="step">The step that asks.</param>
    /// <param name="named">The model: a step's or a folder.</param>
    /// <param name="prompt">What it is asked by.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="plan">How it answers.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    public ModelAnswering(StepContext step, string named, Prompt prompt, string device, GenerationPlan plan, int seed)
    {
        ArgumentNullException.ThrowIfNull(step);
        this.step = step;
        Fingerprint = Fingerprints.OfFolder(step.Model(named, prompt), step.Options.ProjectDirectory);
        model = step.Open(named, prompt, device);
        predictor = new Predictor(model, plan, seed);
    }

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    /// <summary>Whether each answer comes with the probabilities of all labels.</summary>
    public bool WithLabels { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<GivenAnswer> Answer(IReadOnlyList<PredictionRequest> requests, IProgress<int> progress) =>
        [.. predictor.Predict(requests, progress, WithLabels, step.CancellationToken).Select(GivenAnswer.Of)];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            model.Dispose();
    }
}
