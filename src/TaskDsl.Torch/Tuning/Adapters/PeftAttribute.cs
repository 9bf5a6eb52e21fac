namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>The <c>peft_type</c> that an adapter of this method has in <c>adapter_config.json</c>.</summary>
/// <param name="type">The type, <c>LORA</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PeftAttribute(string type) : Attribute
{
    /// <summary>The type.</summary>
    public string Type { get; } = type;

    /// <summary>
    /// How the names of a <see cref="LinearTuning"/>'s tensors begin, which say the maps that a file updates. Default: with the type,
    /// <c>lora_</c>.
    /// </summary>
    public string Prefix { get; init; } = type.ToLowerInvariant() + "_";
}
