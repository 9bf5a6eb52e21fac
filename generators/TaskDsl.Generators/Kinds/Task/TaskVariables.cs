using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Scriban;
using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Generators.Scriban.Types;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>What templates over a task may name: its fields by their YAML names, the labels of the output, the language.</summary>
/// <param name="task">The task.</param>
/// <param name="prefix">What the names of its tables begin with.</param>
internal sealed class TaskVariables(TaskModel task, string prefix = "")
{
    private readonly Dictionary<string, (string Name, EquatableArray<LabelModel> Labels, string? Language)> tables = [];

    /// <summary>The arrays of surface forms that the fields' C# refers to.</summary>
    public IEnumerable<(string Name, IEnumerable<string> Words)> Tables =>
        tables.Values.Select(t => (t.Name, Surfaces(t.Labels, t.Language)));

    /// <summary>
    /// The scope of a prompt in a language: the input, with labels as their surface forms, and the options of choices under their letters.
    /// </summary>
    /// <param name="language">The language.</param>
    /// <param name="global">The full name of a class.</param>
    public TemplateScope Scope(string language, Func<string, string> global)
    {
        var compiled = $"{global(task.ClassName)}.Task";
        var scope = new TemplateScope("input", task.Input.Select(f => Field(f, language)), Constants(language));
        foreach (var of in task.Input.Where(f => task.Output.Any(o => o.Type.IsChosen && o.Of == f.Name)))
            scope.Declare(of.Name, Term.Of(new ListType(TemplateType.Text), $"{ChoiceField.Options(of, compiled, "input")}.Shown", false));
        return scope;
    }

    /// <summary>The scope of what is computed from an example: input and output, with labels as their keys.</summary>
    public TemplateScope ExampleScope()
    {
        var scope = new TemplateScope("input", task.Input.Select(f => Field(f, null)), new Dictionary<string, object>());
        foreach (var field in task.Output)
            scope.Declare(field.Name, Term.Of(Field(field, null).Type, $"output.{field.Property}", field.Type.IsOptional));
        if (!scope.Has("language"))
            scope.Declare("language", new TextTerm("example.Language"));
        return scope;
    }

    private Dictionary<string, object> Constants(string language)
    {
        var constants = new Dictionary<string, object> { ["language"] = language };
        var labelled = task.Output.Where(f => f.Labels.Count > 0).ToList();
        foreach (var field in labelled)
            constants[$"labels_{field.Name}"] = Surfaces(field.Labels, language).ToList();
        if (labelled.Count == 1)
            constants["labels"] = constants[$"labels_{labelled[0].Name}"];
        return constants;
    }

    private TemplateField Field(FieldModel field, string? language) => field.Template(labelled => Label(labelled, language));

    private LabelType Label(FieldModel field, string? language)
    {
        var key = $"{field.TypeName}.{language}";
        if (!tables.TryGetValue(key, out var table))
        {
            var name = prefix + (language is null ? $"{field.TypeName}Keys" : $"{field.TypeName}Words{Names.Pascal(language)}");
            while (tables.Values.Any(t => t.Name == name) || task.Generated.Any(f => f.TypeName == name))
                name += "_";
            tables[key] = table = (name, field.Labels, language);
        }

        return new LabelType(table.Name) { Known = new(Surfaces(field.Labels, language)) };
    }

    private IEnumerable<string> Surfaces(EquatableArray<LabelModel> labels, string? language)
    {
        var index = language is null ? -1 : task.Languages.ToList().IndexOf(language);
        return labels.Select(l => index >= 0 && index < l.Surfaces.Count ? l.Surfaces[index] : l.Key);
    }
}
