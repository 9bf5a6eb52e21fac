using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>A setting that shapes an adapter: it is written into <c>adapter_config.json</c>, and read from it.</summary>
/// <param name="name">What PEFT calls it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class StoredAttribute(string name) : AlsoCalledAttribute(name)
{
    /// <summary>What PEFT calls it.</summary>
    public string Name { get; } = name;
}
