using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>Reads adapters of one <c>peft_type</c>. Each is in its method's file; a new one is found by being there.</summary>
internal abstract class AdapterFormat
{
    private static readonly Lazy<IReadOnlyDictionary<string, AdapterFormat>> Known = new(() =>
        typeof(AdapterFormat)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(AdapterFormat)) && !type.IsAbstract)
            .Select(type => (AdapterFormat)Activator.CreateInstance(type)!)
            .OrderBy(format => format.PeftType, StringComparer.Ordinal)
            .ToDictionary(format => format.PeftType, StringComparer.Ordinal)
    );

    /// <summary>All formats, by type.</summary>
    public static IReadOnlyDictionary<string, AdapterFormat> All => Known.Value;

    public abstract string PeftType { get; }

    /// <summary>Puts an adapter onto the model that it was made for.</summary>
    public static Adapter Read(LanguageModel model, AdapterFile file)
    {
        var type = file.Config.Text("peft_type");
        return All.TryGetValue(type, out var format)
            ? format.Load(model, file)
            : throw new NotSupportedException(
                $"{file.Config.Path}: adapters of type '{type}' are not supported; expected one of {string.Join(", ", All.Keys)}."
            );
    }

    public abstract Adapter Load(LanguageModel model, AdapterFile file);
}
