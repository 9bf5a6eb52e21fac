using TaskDsl.Torch.Safetensors;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Families;

/// <summary>A folder's weights under the names that a model asks for: bare models leave a prefix out, old ones call norms' numbers gamma and beta.</summary>
internal sealed class StoredWeights(SafetensorsFolder files, ModelConfig config)
{
    private readonly HashSet<string> left = [.. files.Names];

    /// <summary>Weights that nothing asked for and that are not known to be of no use.</summary>
    public IReadOnlyList<string> Unexplained => [.. left.Where(name => config.Architecture.Ignored?.IsMatch(name) != true).Order(StringComparer.Ordinal)];

    public bool TryRead(string name, long[] shape, out Tensor? tensor)
    {
        foreach (var candidate in Names(name))
        {
            if (!files.Names.Contains(candidate)) continue;
            left.Remove(candidate);
            tensor = files.Read(candidate, shape);
            return true;
        }

        tensor = null;
        return false;
    }

    private IEnumerable<string> Names(string name)
    {
        var prefix = config.Architecture.Prefix;
        string[] spellings = prefix.Length > 0 && name.StartsWith(prefix, StringComparison.Ordinal) ? [name, name[prefix.Length..]] : [name];
        foreach (var spelling in spellings)
        {
            yield return spelling;
            if (spelling.EndsWith("Norm.weight", StringComparison.Ordinal)) yield return spelling[..^"weight".Length] + "gamma";
            if (spelling.EndsWith("Norm.bias", StringComparison.Ordinal)) yield return spelling[..^"bias".Length] + "beta";
        }
    }
}
