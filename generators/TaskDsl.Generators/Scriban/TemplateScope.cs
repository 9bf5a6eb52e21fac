using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Scriban;

/// <summary>What a template may name, and the names that its C# has used.</summary>
public sealed class TemplateScope
{
    private readonly Dictionary<string, Term> variables = [];
    private readonly HashSet<string> named = [];
    private readonly HashSet<string> used = ["buffer", "input", "output", "example", "template", "language", "phrasing"];

    /// <param name="input">The C# expression of the input.</param>
    /// <param name="fields">The input's fields.</param>
    /// <param name="constants">What is known when the template is compiled: texts, and lists of texts.</param>
    public TemplateScope(string input, IEnumerable<TemplateField> fields, IReadOnlyDictionary<string, object> constants)
    {
        Constants = constants;
        foreach (var field in fields)
            variables[field.Name] = Term.Of(field.Type, $"{input}.{field.Property}", field.IsNullable);
    }

    /// <summary>What is known when the template is compiled; a field of the same name hides it.</summary>
    public IReadOnlyDictionary<string, object> Constants { get; }

    /// <summary>The loops that are open, the innermost last.</summary>
    public Stack<TemplateLoop> Loops { get; } = new();

    /// <summary>The names of all variables, for suggestions.</summary>
    public IEnumerable<string> Names => variables.Keys.Concat(Constants.Keys);

    /// <summary>A variable; null where there is none.</summary>
    public Term? this[string name]
    {
        get
        {
            named.Add(name);
            return variables.TryGetValue(name, out var term) ? term : null;
        }
    }

    /// <summary>The names that were looked up.</summary>
    public ICollection<string> Named => named;

    /// <summary>Whether a name stands for something that is known when the template is compiled.</summary>
    public bool IsConstant(string name) => !variables.ContainsKey(name) && Constants.ContainsKey(name);

    /// <summary>Whether a name is taken.</summary>
    public bool Has(string name) => variables.ContainsKey(name) || Constants.ContainsKey(name);

    public void Declare(string name, Term term) => variables[name] = term;

    public void Forget(string name) => variables.Remove(name);

    /// <summary>A C# name that nothing else has.</summary>
    public string Fresh(string name)
    {
        var camel = Emission.Names.Pascal(name) is { } pascal ? Emission.Names.Camel(pascal) : "value";
        var fresh = camel;
        for (var i = 2; !used.Add(fresh); i++)
            fresh = $"{camel.TrimStart('@')}{i}";
        return fresh;
    }
}
