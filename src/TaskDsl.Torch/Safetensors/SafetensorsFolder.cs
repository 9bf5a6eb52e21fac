using System.Text.Json;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Safetensors;

/// <summary>
/// The weights in a model's folder: <c>model.safetensors</c>, or the files that <c>model.safetensors.index.json</c> lists.
/// </summary>
public sealed class SafetensorsFolder : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> owners = new(StringComparer.Ordinal);
    private readonly List<SafetensorsFile> files = [];

    private SafetensorsFolder(string source) => Source = source;

    /// <summary>The file or the index, for messages.</summary>
    public string Source { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => owners.Keys;

    /// <summary>Opens the weights of a folder and checks every header.</summary>
    /// <exception cref="SafetensorsException">A file lies about itself, was cut short, or does not hold what the index says.</exception>
    /// <exception cref="FileNotFoundException">There are no weights.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        var single = Path.Combine(folder, "model.safetensors");
        var index = single + ".index.json";
        if (!File.Exists(single) && !File.Exists(index)) throw new FileNotFoundException($"{folder} has neither model.safetensors nor model.safetensors.index.json.", single);
        var weights = new SafetensorsFolder(File.Exists(single) ? single : index);
        try
        {
            if (File.Exists(single)) weights.Add(single, null);
            else weights.AddIndexed(index);
        }
        catch
        {
            weights.Dispose();
            throw;
        }

        return weights;
    }

    /// <inheritdoc cref="SafetensorsFile.Read"/>
    public Tensor Read(string name, params ReadOnlySpan<long> shape) =>
        owners.TryGetValue(name, out var file) ? file.Read(name, shape) : throw new SafetensorsException(Source, name, "is missing.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    private void AddIndexed(string index)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            foreach (var entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
                if (!map.TryAdd(entry.Name, entry.Value.GetString() ?? "")) throw new SafetensorsException(index, entry.Name, "is listed twice.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new SafetensorsException(index, null, $"is no index of safetensors files: {e.Message}");
        }

        foreach (var shard in map.GroupBy(e => e.Value, e => e.Key))
        {
            if (shard.Key.Length == 0 || shard.Key != Path.GetFileName(shard.Key)) throw new SafetensorsException(index, shard.First(), $"is said to be in '{shard.Key}'; expected a file beside the index.");
            var path = Path.Combine(Path.GetDirectoryName(index)!, shard.Key);
            if (!File.Exists(path)) throw new SafetensorsException(index, shard.First(), $"is said to be in '{shard.Key}', which is not there.");
            Add(path, [.. shard]);
        }
    }

    private void Add(string path, HashSet<string>? listed)
    {
        var file = SafetensorsFile.Open(path);
        files.Add(file);
        foreach (var name in file.Tensors.Keys)
        {
            if (listed is not null && !listed.Remove(name)) throw new SafetensorsException(path, name, "is in the file but not in the index.");
            owners.Add(name, file);
        }

        if (listed?.FirstOrDefault() is { } missing) throw new SafetensorsException(path, missing, "is in the index but not in the file.");
    }
}
