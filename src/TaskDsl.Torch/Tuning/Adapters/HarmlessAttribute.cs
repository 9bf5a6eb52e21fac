namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// A setting of <c>adapter_config.json</c> that changes nothing of what a stored adapter computes: it is passed over. What is neither
/// stored nor harmless nor refused by name is not known, and refused.
/// </summary>
/// <param name="name">What PEFT calls it.</param>
/// <param name="reason">Why it changes nothing.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class HarmlessAttribute(string name, string reason) : Attribute
{
    /// <summary>What PEFT calls it.</summary>
    public string Name { get; } = name;

    /// <summary>Why it changes nothing.</summary>
    public string Reason { get; } = reason;
}
