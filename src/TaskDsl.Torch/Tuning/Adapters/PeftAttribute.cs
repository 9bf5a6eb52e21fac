namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>The <c>peft_type</c> that an adapter of this method has in <c>adapter_config.json</c>.</summary>
/// <param name="type">The type, <c>LORA</c>. Of a <see cref="LinearTuning"/>, the tensors' names begin with it: <c>lora_A</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PeftAttribute(string type) : Attribute
{
    /// <summary>The type.</summary>
    public string Type { get; } = type;
}
