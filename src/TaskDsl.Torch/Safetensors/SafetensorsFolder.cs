using System.Text.Json;
using TaskDsl.Disk;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Safetensors;

/// <summary>
/// The weights in a model's folder: <c>model.safetensors</c>, or the files that <c>model.safetensors.index.json</c> lists. Where both are
/// there, the single file is read, as transformers does, if the index is of the same tensors.
/// </summary>
public sealed class SafetensorsFolder : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> owners = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> files = [];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private SafetensorsFolder(string source) => Source = source;

    /// <summary>The file or the index, for messages.</summary>
    public string Source { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => owners.Keys;

    /// <summary>The files.</summary>
    public IReadOnlyList<SafetensorsFile> Files => files;

    /// <summary>What its user should know; null = nothing.</summary>
    public string? Notice { get; private set; }

    /// <summary>Opens the weights of a folder and checks every header.</summary>
    /// <exception cref="SafetensorsException">A file lies about itself, was cut short, or does not hold what the index says.</exception>
    /// <exception cref="FileNotFoundException">There are no weights.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        var single = Path.Combine(folder, "model.safetensors");
        var index = single + ".index.json";
        if (!File.Exists(single) && !File.Exists(index))
        {
            var pickled =
                File.Exists(Path.Combine(folder, "pytorch_model.bin")) || File.Exists(Path.Combine(folder, "pytorch_model.bin.index.json"));
            throw new FileNotFoundException(
                $"{folder} has neither model.safetensors nor model.safetensors.index.json."
                    + (
                        pickled
                            ? " Its pytorch_model.bin is a pickle, which can run any program and is never read: save the model as "
                                + "safetensors first."
                            : ""
                    ),
                single
            );
        }

        var weights = new SafetensorsFolder(File.Exists(single) ? single : index);
        try
        {
            if (!File.Exists(single))
                weights.AddIndexed(index);
            else
                weights.Add(single, null);
            if (File.Exists(single) && File.Exists(index))
                weights.Compare(index);
        }
        catch
        {
            weights.Dispose();
            throw;
        }

        return weights;
    }

    /// <summary>Writes a folder's weights: one file, or several with an index where they are more than a size.</summary>
    /// <param name="folder">An existing folder; weights that it has are replaced.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="type">What floating-point numbers are written as.</param>
    /// <param name="shardBytes">The most bytes of one file; a larger tensor has a file of its own.</param>
    public static void Write(string folder, IEnumerable<KeyValuePair<string, Tensor>> tensors, ScalarType type, long shardBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardBytes, 1);
        var old = Directory.GetFiles(folder, "model*.safetensors*").ToHashSet(StringComparer.Ordinal);
        List<List<KeyValuePair<string, Tensor>>> shards =
        [
            [],
        ];
        var (filled, total) = (0L, 0L);
        foreach (var tensor in tensors)
        {
            var size = TensorEntry.Size(tensor.Value.is_floating_point() ? type : tensor.Value.dtype, tensor.Value.shape);
            if (filled > 0 && filled + size > shardBytes)
            {
                shards.Add([]);
                filled = 0;
            }

            shards[^1].Add(tensor);
            (filled, total) = (filled + size, total + size);
        }

        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < shards.Count; i++)
        {
            var name = shards.Count == 1 ? "model.safetensors" : $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            SafetensorsFile.Write(Path.Combine(folder, name), shards[i], type: type);
            old.Remove(Path.Combine(folder, name));
            foreach (var (tensor, _) in shards[i])
                map.Add(tensor, name);
        }

        if (shards.Count > 1)
        {
            var index = Path.Combine(folder, "model.safetensors.index.json");
            AtomicFile.WriteText(
                index,
                JsonSerializer.Serialize(new { metadata = new { total_size = total }, weight_map = map }, Indented) + "\n"
            );
            old.Remove(index);
        }

        foreach (var stale in old)
            File.Delete(stale); // A reader would take the weights of before.
    }

    /// <inheritdoc cref="SafetensorsFile.Read"/>
    public Tensor Read(string name, params ReadOnlySpan<long> shape) => Owner(name).Read(name, shape);

    /// <inheritdoc cref="SafetensorsFile.Check"/>
    public TensorEntry Check(string name, params ReadOnlySpan<long> shape) => Owner(name).Check(name, shape);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in files)
            file.Dispose();
    }

    private SafetensorsFile Owner(string name) =>
        owners.TryGetValue(name, out var file) ? file : throw new SafetensorsException(Source, name, "is missing.");

    /// <summary>Holds the single file against an index that lies beside it: it may be of other weights.</summary>
    private void Compare(string index)
    {
        var map = Map(index);
        if (map.Keys.Concat(owners.Keys).FirstOrDefault(name => !(map.ContainsKey(name) && owners.ContainsKey(name))) is { } odd)
            throw new SafetensorsException(
                index,
                odd,
                (
                    map.ContainsKey(odd)
                        ? "is in the index and not in the model.safetensors beside it"
                        : "is in model.safetensors and not in the index"
                ) + ": they are two models' weights. Take away the one that is not wanted."
            );
        var folder = Path.GetDirectoryName(index)!;
        string[] shards = [.. map.Values.Distinct().Where(name => name != Path.GetFileName(Source)).Order(StringComparer.Ordinal)];
        if (shards.Length > 0)
            Notice =
                $"{folder} has model.safetensors and model.safetensors.index.json, which lists {shards[0]}"
                + $"{(shards.Length > 1 ? $" and {shards.Length - 1} more" : "")}: model.safetensors is read, as transformers does. Take "
                + "away what is not wanted.";
    }

    private static Dictionary<string, string> Map(string index)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            foreach (var entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String)
                    throw new SafetensorsException(
                        index,
                        entry.Name,
                        $"is said to be in {entry.Value.GetRawText()}; expected a file beside the index."
                    );
                if (!map.TryAdd(entry.Name, entry.Value.GetString()!))
                    throw new SafetensorsException(index, entry.Name, "is listed twice.");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new SafetensorsException(index, null, $"is no index of safetensors files: {e.Message}");
        }

        return map;
    }

    private void AddIndexed(string index)
    {
        foreach (var shard in Map(index).GroupBy(e => e.Value, e => e.Key))
        {
            if (shard.Key.Length == 0 || shard.Key != Path.GetFileName(shard.Key))
                throw new SafetensorsException(index, shard.First(), $"is said to be in '{shard.Key}'; expected a file beside the index.");
            var path = Path.Combine(Path.GetDirectoryName(index)!, shard.Key);
            if (!File.Exists(path))
                throw new SafetensorsException(index, shard.First(), $"is said to be in '{shard.Key}', which is not there.");
            Add(path, [.. shard]);
        }
    }

    private void Add(string path, HashSet<string>? listed)
    {
        var file = SafetensorsFile.Open(path);
        files.Add(file);
        foreach (var name in file.Tensors.Keys)
        {
            if (listed is not null && !listed.Remove(name))
                throw new SafetensorsException(path, name, "is in the file but not in the index.");
            owners.Add(name, file);
        }

        if (listed?.FirstOrDefault() is { } missing)
            throw new SafetensorsException(path, missing, "is in the index but not in the file.");
    }
}
