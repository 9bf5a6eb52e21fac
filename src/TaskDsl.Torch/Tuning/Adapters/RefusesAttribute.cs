namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// A setting of <c>adapter_config.json</c> that would change the numbers and that this method does not know: an adapter that uses it is
/// refused.
/// </summary>
/// <param name="name">What PEFT calls it.</param>
/// <param name="meaning">What it does, for the error.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class RefusesAttribute(string name, string meaning) : Attribute
{
    /// <summary>What PEFT calls it.</summary>
    public string Name { get; } = name;

    /// <summary>What it does.</summary>
    public string Meaning { get; } = meaning;
}
