using TaskDsl.Disk;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tuning.Adapters;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// What a model's folder holds, found from its configuration and the headers of its weights: no weight is read, however large the model.
/// What is wrong is gathered, not thrown.
/// </summary>
public sealed class ModelOutline : IDisposable
{
    private const int Named = 5; // Of a list of tensors: more would hide what else is wrong.
    private const int MostMissing = 10_000; // A configuration can ask for any number of layers.

    private readonly List<string> problems = [];
    private readonly List<string> oddities = [];

    private readonly HeadRequest? head;

    private ModelOutline(string folder, HeadRequest? head) => (Folder, this.head) = (folder, head);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The configuration; null where it is missing, broken or not supported.</summary>
    public ModelConfig? Config { get; private set; }

    /// <summary>
    /// The model without its numbers: names, shapes and sites are right, what it computes is not. Null where the configuration is broken.
    /// </summary>
    public LanguageModel? Model { get; private set; }

    /// <summary>The files of the weights, with their sizes; none where they cannot be read.</summary>
    public IReadOnlyList<(string Name, long Bytes)> Files { get; private set; } = [];

    /// <summary>How many numbers are stored in which type, the commonest first.</summary>
    public IReadOnlyList<(ScalarType Type, long Count)> Stored { get; private set; } = [];

    /// <summary>Why the model cannot be used; none = it can.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>What is unusual but does no harm by itself.</summary>
    public IReadOnlyList<string> Oddities => oddities;

    /// <summary>All weights' numbers; tied ones once.</summary>
    public long Parameters => Model?.WeightCount ?? 0;

    /// <summary>Reads a model's folder.</summary>
    public static ModelOutline Read(string folder) => Read(folder, null);

    /// <summary>Reads the folder of the model that an adapter was made for, with the head that the adapter brings.</summary>
    /// <param name="folder">The adapter's folder.</param>
    /// <exception cref="ModelException">The adapter's configuration is broken, or there is no such model.</exception>
    public static ModelOutline ReadBase(string folder)
    {
        var chain = AdapterFolder.Chain(folder);
        return Read(chain[^1], AdapterFolder.HeadOf(chain));
    }

    private static ModelOutline Read(string folder, HeadRequest? head)
    {
        Native.TorchRuntime.Initialize();
        var outline = new ModelOutline(folder, head);
        outline.ReadConfig();
        outline.ReadWeights();
        return outline;
    }

    /// <inheritdoc/>
    public void Dispose() => Model?.Dispose();

    private void ReadConfig()
    {
        try
        {
            Config = ModelConfig.Load(Folder);
            if (head is not null)
                Config = Config.WithHead(head);
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            problems.Add(e.Message);
            return;
        }

        oddities.AddRange(Config.Notices);
    }

    private void ReadWeights()
    {
        SafetensorsFolder files;
        try
        {
            files = SafetensorsFolder.Open(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(Folder))
                problems.Add(e.Message); // Otherwise it is said already.
            return;
        }

        using (files)
        {
            Files = [.. files.Files.Select(f => (Path.GetFileName(f.Path), RealFile.Of(f.Path).Length))];
            Stored =
            [
                .. files
                    .Files.SelectMany(f => f.Tensors.Values)
                    .GroupBy(t => t.Type)
                    .Select(g => (g.Key, g.Sum(t => t.Count)))
                    .OrderByDescending(g => g.Item2),
            ];
            if (files.Notice is { } notice)
                oddities.Add(notice);
            if (Config is null)
                return;
            if (Stored.Count > 0 && Stored[0].Type != Config.StoredAs.Scalar())
                oddities.Add(
                    $"config.json names the dtype {Config.StoredAs.Word()}, but most weights are {TensorEntry.Name(Stored[0].Type)}; "
                        + $"a saved model would be {Config.StoredAs.Word()}."
                );
            Config = StoredWeights.Fit(Config, files);
            Open(new StoredWeights(files, Config), files.Source);
        }
    }

    private void Open(StoredWeights stored, string source)
    {
        var (missing, wrong, whole) = (new List<string>(), new List<string>(), new List<string>());
        using var scope = NewDisposeScope();
        try
        {
            Model = LanguageModel.Open(Config!, device(TorchSharp.DeviceType.META), Check);
        }
        catch (ModelException e)
        {
            problems.Add(e.Message);
        }

        if (missing.Count > 0)
            problems.Add($"{source} lacks {List(missing, "tensor")} that config.json asks for.");
        problems.AddRange(wrong.Take(Named));
        if (wrong.Count > Named)
            problems.Add($"{source}: {wrong.Count - Named} more tensors have another shape than config.json says.");
        if (whole.Count > 0)
            oddities.Add($"{source} stores {List(whole, "weight")} as whole numbers.");
        if (head is null && missing.Count + wrong.Count <= MostMissing && stored.Unexplained is { Count: > 0 } extra)
            problems.Add($"{source} has {List(extra, "tensor")} that config.json does not explain.");

        Tensor? Check(string name, long[] shape)
        {
            _ = Size(name, shape);
            var found = true;
            try
            {
                var entry = stored.Check(name, shape);
                found = entry is not null;
                if (entry?.IsFloat == false)
                    whole.Add(name);
            }
            catch (SafetensorsException e)
            {
                wrong.Add(e.Message);
            }

            var own = Config!.Architecture.Head;
            if (!found && name == own.Shape!.StoredBias)
                return null;
            var ofHead = own.Head is not LmHead && own.Shape!.Weights.Contains(name);
            if (!found && !(ofHead && head is not null))
                missing.Add(name);
            if (missing.Count + wrong.Count > MostMissing)
                throw new ModelException($"{Config.Source} asks for far more than the weights have.");
            return zeros(shape, device: device(TorchSharp.DeviceType.META));
        }
    }

    private long Size(string name, long[] shape)
    {
        try
        {
            return TensorEntry.Size(ScalarType.Float32, shape);
        }
        catch (OverflowException)
        {
            throw new ModelException(
                $"{Config!.Source} asks for a tensor '{name}' of the shape [{string.Join(", ", shape)}], which is larger than any file."
            );
        }
    }

    private static string List(IReadOnlyList<string> names, string what) =>
        $"{names.Count} {what}{(names.Count == 1 ? "" : "s")} ({string.Join(", ", names.Take(Named))}{(names.Count > Named ? ", …" : "")})";
}
