using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Sentences;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>A step's model that makes vectors of texts, each text read by itself.</summary>
public sealed class TextEmbedder : IDisposable
{
    private readonly StepContext step;
    private readonly LoadedModel model;

    /// <summary>Opens the model.</summary>
    /// <param name="step">The step that needs the vectors.</param>
    /// <param name="named">The model's name.</param>
    /// <param name="device">Where it computes.</param>
    public TextEmbedder(StepContext step, string named, string device)
    {
        ArgumentNullException.ThrowIfNull(step);
        this.step = step;
        var folder = step.Model(named);
        Fingerprint = Fingerprints.OfFolder(folder, folder);
        model = step.OpenAlone(named, prompt: null, device);
        try
        {
            FiniteScores.CheckWeights(model.Model, model.Added);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Says which model it is, by what is in its folder.</summary>
    public string Fingerprint { get; }

    /// <summary>The layer whose states are pooled; null = the last. Layer 0 is the embeddings.</summary>
    public int? Layer { get; init; }

    /// <summary>How a text's hidden states become one vector.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>How many texts are read at a time.</summary>
    public int Rows { get; init; } = 32;

    /// <summary>
    /// The texts' vectors; equal texts have equal ones. Texts that are too long are cut, and counted. The caller disposes them.
    /// </summary>
    /// <exception cref="RunException">The model has no such layer.</exception>
    public VectorTable Embed(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (Layer > model.Model.ReadingLayers)
            throw new RunException(
                $"layer {Layer}: the model reads a text by {model.Model.ReadingLayers} layers, counted from 1; 0 are its embeddings."
            );
        var embedder = new Embedder(model)
        {
            Layout = new SentenceLayout { Pooling = Pooling },
            Layer = Layer,
            Rows = Rows,
        };
        using var scope = NewDisposeScope();
        var progress = step.Counting(texts.Distinct(StringComparer.Ordinal).Count());
        var vectors = new VectorTable(embedder.Embed(texts, progress, step.CancellationToken));
        if (embedder.Cut > 0)
            step.Count("texts cut to the model's length", embedder.Cut);
        return vectors;
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
