using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A model that answers by the vectors that another one makes.</summary>
public abstract record NearestStep : Step
{
    /// <summary>The model that makes the vectors: a step's or a folder.</summary>
    [StepResult("model"), FilePath]
    public string? Model { get; init; }

    /// <summary>The same as a word of a package, as <c>minilm</c>.</summary>
    public StoredModel? Base { get; init; }

    /// <summary>The languages that it is for. Default: any.</summary>
    [Distinct, Length(0, 100)]
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddModel(Model ?? Base!.FindFolder());
    }

    /// <summary>By what it answers, of labels' names.</summary>
    protected Nearest Answering(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var folder = Model is null ? Path.GetFullPath(Base!.FindFolder(), step.Options.ProjectDirectory) : step.Model(Model);
        // Whether vectors can be made of texts shows before anybody is asked.
        using var shape = LoadedModel.LoadOnMeta(folder, chatFormat: null, head: null, weights: null);
        return new Nearest
        {
            Model = folder,
            Fingerprint = Fingerprints.OfRun(folder),
            Languages = Languages,
        };
    }
}
