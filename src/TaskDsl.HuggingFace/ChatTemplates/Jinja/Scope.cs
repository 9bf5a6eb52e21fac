namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>Variables; what is not here may be in the scope around.</summary>
internal sealed class Scope(Scope? around)
{
    private Dictionary<string, object?>? names;

    public object? Get(string id)
    {
        for (var scope = this; scope is not null; scope = scope.Around)
            if (scope.names is not null && scope.names.TryGetValue(id, out var value))
                return value;
        return new Undefined(id);
    }

    public void Set(string id, object? value) => (names ??= new(StringComparer.Ordinal))[id] = value;

    private Scope? Around { get; } = around;
}
