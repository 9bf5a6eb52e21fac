namespace TaskDsl.Generators.Scriban;

/// <summary>The functions that compiled templates may call, under Scriban's names.</summary>
internal static class FunctionTable
{
    private static readonly Dictionary<string, TemplateFunction> Table = [];

    static FunctionTable()
    {
        foreach (var (name, function) in TextCalls.All.Concat(ListCalls.All).Concat(NumberCalls.All))
            Table.Add(name, function);
    }

    public static IEnumerable<string> Names => Table.Keys;

    public static TemplateFunction? Find(string name) => Table.TryGetValue(name, out var function) ? function : null;
}
