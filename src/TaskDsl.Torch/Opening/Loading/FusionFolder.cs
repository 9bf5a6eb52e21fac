using TaskDsl.HuggingFace;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// A folder whose <c>fusion.json</c> says of which models a fusion is, by their folders seen from this one; it holds none of their weights.
/// </summary>
public sealed record FusionFolder
{
    private const string File = "fusion.json";

    /// <summary>The model that the others are added to.</summary>
    public required string Model { get; init; }

    /// <summary>The models that are added.</summary>
    public IReadOnlyList<string> Plus { get; init; } = [];

    /// <summary>The model that is taken off; null = none.</summary>
    public string? Minus { get; init; }

    /// <summary>How they are weighed.</summary>
    public FusionPlan Plan { get; init; } = new();

    /// <summary>What was in the models' folders when the fusion was made, as hashes, in the order in which they stand here.</summary>
    public IReadOnlyList<string> Fingerprints { get; init; } = [];

    /// <summary>The folders of all of them, in the order in which they stand here.</summary>
    public IEnumerable<string> Models => [Model, .. Plus, .. Minus is null ? (string[])[] : [Minus]];

    /// <summary>Whether a folder holds a fusion.</summary>
    public static bool IsFusion(string folder) => ModelPointers.Are(folder, File);

    /// <summary>Reads what a folder says; its models' folders are whole paths.</summary>
    /// <exception cref="ModelException">It cannot be read, or names a folder that is not there.</exception>
    public static FusionFolder Read(string folder) => ModelPointers.Read<FusionFolder>(folder, File, (fusion, of) => fusion.With(of));

    /// <summary>Writes it into a folder.</summary>
    /// <param name="folder">The folder; the models' folders are written as seen from it.</param>
    public void Write(string folder) => ModelPointers.Write(folder, File, this, (fusion, of) => fusion.With(of));

    /// <summary>Opens the models. The caller frees the first one, which owns the others.</summary>
    /// <param name="open">Opens one.</param>
    /// <exception cref="ModelException">They cannot be fused.</exception>
    public LoadedModel Open(Func<string, LoadedModel> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        var opened = new List<LoadedModel>();
        try
        {
            foreach (var (at, folder) in Models.Index())
            {
                opened.Add(open(folder));
                if (at > 0)
                    Fusion.Check(opened[0], opened[at], folder);
            }

            opened[0].Fuse(new Fusion(opened[1..(Plus.Count + 1)], Minus is null ? null : opened[^1], Plan));
            return opened[0];
        }
        catch
        {
            foreach (var model in opened)
                model.Dispose();
            throw;
        }
    }

    private FusionFolder With(Func<string, string> path) =>
        this with
        {
            Model = path(Model),
            Plus = [.. Plus.Select(path)],
            Minus = Minus is null ? null : path(Minus),
        };
}
