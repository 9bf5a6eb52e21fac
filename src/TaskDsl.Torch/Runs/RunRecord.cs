using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Models;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>
/// What <c>run.json</c> says: the recipe as executed, with every default; the model and the data by their fingerprints; versions and
/// machine; and, at the end, the outcome. What is not known (yet) is left out.
/// </summary>
public sealed record RunRecord
{
    private static readonly JsonSerializerOptions Options = new(DefinitionJson.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The recipe's name; of a part, its model's.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the run has come to.</summary>
    public RunStatus Status { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The recipe, in the words of the YAML.</summary>
    public JsonObject Recipe { get; init; } = [];

    /// <summary>The 16-bit numbers that it trains in; null = float32.</summary>
    [JsonIgnore]
    public WeightType? TrainsIn =>
        Enum.TryParse<WeightType>((string?)Recipe["precision"], ignoreCase: true, out var type) && type != WeightType.Float32 ? type : null;

    /// <summary>Whether a GPU multiplies as TF32 in it.</summary>
    [JsonIgnore]
    public bool? Tf32 => (bool?)Recipe["tf32"];

    /// <summary>The model that it starts from.</summary>
    public RecordedModel? Model { get; init; }

    /// <summary>The data of each task.</summary>
    public IReadOnlyDictionary<string, RecordedData>? Data { get; init; }

    /// <summary>Which documents of plain text are trained on.</summary>
    public string? Corpus { get; init; }

    /// <summary>What the steps of the run amount to.</summary>
    public BatchReport? Batches { get; init; }

    /// <summary>What the program was made of.</summary>
    public RecordedVersions? Versions { get; init; }

    /// <summary>Where it ran.</summary>
    public RecordedMachine? Machine { get; init; }

    /// <summary>The names of its parts, where there are several models (<c>one_model_per</c>).</summary>
    public IReadOnlyList<string>? Parts { get; init; }

    /// <summary>What the user should know, the newest last.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>How often it went on after an interruption.</summary>
    public int? Resumed { get; init; }

    /// <summary>What the validation part amounts to.</summary>
    public BatchReport? Validation { get; init; }

    /// <summary>How many numbers are trained.</summary>
    public long? TrainedParameters { get; init; }

    /// <summary>Steps done.</summary>
    public int? Step { get; init; }

    /// <summary>Whether early stopping has ended the training.</summary>
    public bool? StoppedEarly { get; init; }

    /// <summary>Tokens trained on.</summary>
    public long? Tokens { get; init; }

    /// <summary>The step whose model was kept.</summary>
    public int? BestStep { get; init; }

    /// <summary>Its validation loss.</summary>
    public double? BestValidationLoss { get; init; }

    /// <summary>Its score, the larger the better.</summary>
    public double? BestScore { get; init; }

    /// <summary>Why it ended before its end.</summary>
    public string? Message { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Reads <c>run.json</c>.</summary>
    /// <exception cref="RunException">The file is not what a run writes.</exception>
    public static RunRecord Read(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return RunFolder.Read<RunRecord>(folder.Record, Options);
    }

    /// <summary>Writes <c>run.json</c>, as a whole or not at all.</summary>
    internal void Write(RunFolder folder) => RunFolder.Write(folder.Record, this, Options);

    /// <summary>With something that the user should know.</summary>
    internal RunRecord Warn(string warning) =>
        Warnings?.Contains(warning) == true ? this : this with { Warnings = [.. Warnings ?? [], warning] };

    /// <summary>What is known before the first step.</summary>
    internal static RunRecord Of(RunData data)
    {
        var model = data.Model;
        return new RunRecord
        {
            Name = data.Recipe.Name,
            Started = DateTimeOffset.UtcNow,
            Recipe = DefinitionJson.Write(data.Recipe)!.AsObject(),
            Model = RecordedModel.Of(data),
            Data = data.Tasks.ToDictionary(
                t => data.Recipe.NameOf(t.Share),
                t => RecordedData.Of(t.Prompt, model.LayoutOf(t.Prompt), t.Data)
            ),
            Corpus = data.Documents.Fingerprint(),
            Batches = data.Batches,
            Versions = RecordedVersions.Now(),
            Machine = RecordedMachine.Now(model.Model.Device),
        };
    }
}
