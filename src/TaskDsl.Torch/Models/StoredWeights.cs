using System.Text.Json.Nodes;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Safetensors;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>
/// A folder's weights under the names that a model asks for: bare models leave a prefix out, old ones call norms' numbers gamma and beta.
/// </summary>
internal sealed class StoredWeights(SafetensorsFolder files, ModelConfig config)
{
    private readonly HashSet<string> left = [.. files.Names];

    /// <summary>
    /// The configuration of the model that some files hold: a bare one may have been made without its pooler, which no setting says
    /// (<c>add_pooling_layer</c> is an argument in transformers).
    /// </summary>
    public static ModelConfig Fit(ModelConfig config, SafetensorsFolder files) =>
        config is { Head: PooledHead, Architecture.Head.Shape.Dense: { } dense }
        && !files.Names.Any(name => name.EndsWith($"{dense}.weight", StringComparison.Ordinal))
            ? config.With(KeyValuePair.Create("add_pooling_layer", (JsonNode?)false))
            : config;

    /// <summary>Weights that nothing asked for and that are not known to be of no use.</summary>
    public IReadOnlyList<string> Unexplained =>
        [.. left.Where(name => config.Architecture.Ignored?.IsMatch(name) != true).Order(StringComparer.Ordinal)];

    public bool TryRead(string name, long[] shape, out Tensor? tensor)
    {
        var stored = Find(name);
        tensor = stored is null ? null : files.Read(stored, shape);
        return stored is not null;
    }

    /// <summary>What the files say of a weight, without reading it; null = they have none. Throws where it has another shape.</summary>
    public TensorEntry? Check(string name, long[] shape) => Find(name) is { } stored ? files.Check(stored, shape) : null;

    private string? Find(string name)
    {
        var stored = Names(name).FirstOrDefault(files.Names.Contains);
        if (stored is not null)
            left.Remove(stored);
        return stored;
    }

    private IEnumerable<string> Names(string name)
    {
        var prefix = config.Architecture.Prefix;
        string[] spellings =
            prefix.Length > 0 && name.StartsWith(prefix, StringComparison.Ordinal) ? [name, name[prefix.Length..]] : [name];
        foreach (var spelling in spellings)
        {
            yield return spelling;
            if (spelling.EndsWith("Norm.weight", StringComparison.Ordinal))
                yield return spelling[..^"weight".Length] + "gamma";
            if (spelling.EndsWith("Norm.bias", StringComparison.Ordinal))
                yield return spelling[..^"bias".Length] + "beta";
        }
    }
}
