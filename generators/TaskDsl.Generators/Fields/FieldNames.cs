using TaskDsl.Generators.Emission;

namespace TaskDsl.Generators.Fields;

/// <summary>Gives what a task declares its C# names, so that none clashes with another or with what a record has of its own.</summary>
public sealed class FieldNames
{
    // What the generated class declares whatever the task says, and a method in it (WriteFields) that a type Fields would double.
    private static readonly string[] Own = ["Input", "Output", "Example", "Task", "Build", "Compiled", "Fields"];

    // What every record declares, or may not; a nested type would hide some of them.
    private static readonly HashSet<string> OfRecords =
    [
        "EqualityContract",
        "PrintMembers",
        "Equals",
        "GetHashCode",
        "ToString",
        "GetType",
        "Deconstruct",
        "Clone",
        "MemberwiseClone",
        "Finalize",
        "ReferenceEquals",
    ];

    private readonly HashSet<string> types;

    public FieldNames(string className) => types = [.. Own, .. OfRecords, className];

    /// <summary>Whether a task's class cannot bear the name.</summary>
    public static bool IsReserved(string className) => (Own.Contains(className) && className != "Fields") || className is "TaskCatalog";

    /// <summary>A property of the record <paramref name="owner"/>.</summary>
    public static string Property(string name, string owner)
    {
        var pascal = Names.Pascal(name)!;
        return pascal == owner || OfRecords.Contains(pascal) ? pascal + "Value" : pascal;
    }

    /// <summary>A generated type of the task. An enum takes its table of labels along: <c>TypeLabels</c>.</summary>
    public string Type(string wished, string suffix)
    {
        var name = wished;
        for (var n = 1; types.Contains(name) || types.Contains(name + "Labels"); n++)
            name = n == 1 ? wished + suffix : $"{wished}{suffix}{n}";
        types.Add(name);
        types.Add(name + "Labels");
        return name;
    }

    /// <summary>The members of an enum, one for each key.</summary>
    public static IReadOnlyList<string> Members(IReadOnlyList<string> keys)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var members = new List<string>(keys.Count);
        foreach (var key in keys)
        {
            // Keys are data: 'C' and 'c', '+' and '-' may all be labels.
            var wished = Names.Pascal(key) ?? $"Label{members.Count + 1}";
            var name = wished;
            for (var n = 2; !taken.Add(name); n++)
                name = $"{wished}_{n}";
            members.Add(name);
        }

        return members;
    }

    /// <summary>A local variable that is none of those <paramref name="taken"/>; it is added to them.</summary>
    public static string Local(string property, HashSet<string> taken)
    {
        var name = Names.Camel(property);
        // Words of C# that mean something in attributes only.
        if (name is "@type" or "@method" or "@property" or "@param" or "@module" or "@assembly")
            name = name.Substring(1);
        while (!taken.Add(name))
            name += "_";
        return name;
    }
}
