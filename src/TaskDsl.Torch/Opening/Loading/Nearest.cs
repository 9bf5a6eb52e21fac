using TaskDsl.HuggingFace;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// How a model answers that nothing has taught a task: by the label whose name, or by the known examples whose texts, are nearest to the
/// input by the angle of their vectors. Kept as <c>nearest.json</c> in a folder that holds none of the model's weights.
/// </summary>
public sealed record Nearest
{
    private const string File = "nearest.json";

    /// <summary>The folder of the model that makes the vectors.</summary>
    public required string Model { get; init; }

    /// <summary>What was in it when this was written, as a hash.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The languages that it answers in; none = any.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>How many known examples decide. 0 = the labels' names do.</summary>
    public int Count { get; init; }

    /// <summary>The known examples.</summary>
    public IReadOnlyList<KnownExample> Examples { get; init; } = [];

    /// <summary>Whether what is nearest can answer a task: by a label, by labels or by a number.</summary>
    public static bool CanAnswer(DslTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.OutputFields is [{ Type: "label" or "labels" or "int" or "float" }];
    }

    /// <summary>Whether a folder holds one.</summary>
    public static bool IsNearest(string folder) => ModelPointers.Are(folder, File);

    /// <summary>Reads what a folder says; its model's folder is a whole path.</summary>
    /// <exception cref="ModelException">It cannot be read, or names a folder that is not there.</exception>
    public static Nearest Read(string folder) => ModelPointers.Read<Nearest>(folder, File, With);

    /// <summary>Writes it into a folder.</summary>
    /// <param name="folder">The folder; the model's folder is written as seen from it.</param>
    public void Write(string folder) => ModelPointers.Write(folder, File, this, With);

    private static Nearest With(Nearest nearest, Func<string, string> of) => nearest with { Model = of(nearest.Model) };
}
