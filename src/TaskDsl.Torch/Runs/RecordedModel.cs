namespace TaskDsl.Torch.Runs;

/// <summary>Says which model a run starts from.</summary>
public sealed record RecordedModel
{
    /// <summary>A hash of its folder; <c>new</c> for a new one.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>How many numbers it has.</summary>
    public long Parameters { get; init; }

    /// <summary>The fingerprint of its tokenizer.</summary>
    public string Tokenizer { get; init; } = "";

    /// <summary>The fingerprints of other models that shape the loss, by their folders.</summary>
    public IReadOnlyDictionary<string, string> Others { get; init; } = new Dictionary<string, string>();

    internal static RecordedModel Of(RunData data)
    {
        var project = data.Run.Options.ProjectDirectory;
        return new RecordedModel
        {
            Fingerprint = Fingerprints.Of(data.Recipe.Model, project),
            Parameters = data.Model.Model.WeightCount,
            Tokenizer = data.Model.Tokenizer.Fingerprint,
            Others = data.Recipe.Objective.Models.ToDictionary(path => path, path => Fingerprints.OfFolder(path, project)),
        };
    }
}
