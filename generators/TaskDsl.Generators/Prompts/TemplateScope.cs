using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Tasks;

namespace TaskDsl.Generators.Prompts;

/// <summary>The variables that a template may name.</summary>
public sealed class TemplateScope
{
    private readonly string taskClass;
    private readonly int language;
    private readonly Dictionary<string, TemplateValue> variables;

    private TemplateScope(string taskClass, int language, Dictionary<string, TemplateValue> variables) =>
        (this.taskClass, this.language, this.variables) = (taskClass, language, variables);

    /// <summary>The input's fields, the labels, and the language.</summary>
    /// <param name="task">The task.</param>
    /// <param name="taskClass">Its generated class, fully qualified.</param>
    /// <param name="language">Which of the task's languages.</param>
    public static TemplateScope Of(TaskModel task, string taskClass, int language)
    {
        var scope = new TemplateScope(taskClass, language, new Dictionary<string, TemplateValue>(StringComparer.Ordinal));
        scope.variables["language"] = Text([task.Languages[language]]);
        var labelled = task.Output.Where(f => f.Labels.Count > 0).ToList();
        if (labelled.Count == 1) scope.variables["labels"] = scope.Labels(labelled[0]);
        foreach (var field in labelled) scope.variables[$"labels_{field.Name}"] = scope.Labels(field);
        // The user's own fields win over the names that every template has.
        foreach (var field in task.Input) scope.variables[field.Name] = scope.Field($"input.{field.Property}", field, field.Type);
        return scope;
    }

    /// <summary>The names in scope.</summary>
    public IEnumerable<string> Names => variables.Keys;

    /// <summary>A variable; null where it is unknown.</summary>
    public TemplateValue? this[string name] => variables.TryGetValue(name, out var value) ? value : null;

    /// <summary>This scope with one variable more.</summary>
    public TemplateScope With(string name, TemplateValue value) => new(taskClass, language, new Dictionary<string, TemplateValue>(variables, StringComparer.Ordinal) { [name] = value });

    /// <summary>A text that is known while compiling.</summary>
    public static TemplateValue Text(IReadOnlyList<string> constant) => new(CodeWriter.Literal(constant[0]), ValueKind.String) { Constant = constant };

    /// <summary>A member of a record or an entity; null where it has none of that name.</summary>
    public TemplateValue? Member(TemplateValue target, string name) => target.Kind switch
    {
        ValueKind.Record => target.Fields.FirstOrDefault(f => f.Name == name) is { } field ? Field($"{target.Code}.{field.Property}", field, field.Type) : null,
        ValueKind.Entity when name == "text" => new TemplateValue($"{target.Code}.Text", ValueKind.String),
        ValueKind.Entity when name == "kind" => Surface($"{target.Code}.Kind", target.Entity!, false),
        ValueKind.Loop => (name, target.Loop!.Value) switch
        {
            ("index", var (i, _)) => new TemplateValue(i, ValueKind.Integer),
            ("rindex", var (i, n)) => new TemplateValue($"({n} - 1 - {i})", ValueKind.Integer),
            ("length", var (_, n)) => new TemplateValue(n, ValueKind.Integer),
            ("first", var (i, _)) => new TemplateValue($"({i} == 0)", ValueKind.Boolean),
            ("last", var (i, n)) => new TemplateValue($"({i} == {n} - 1)", ValueKind.Boolean),
            ("even", var (i, _)) => new TemplateValue($"({i} % 2 == 0)", ValueKind.Boolean),
            ("odd", var (i, _)) => new TemplateValue($"({i} % 2 == 1)", ValueKind.Boolean),
            _ => null,
        },
        _ => null,
    };

    /// <summary>The names of a value's members.</summary>
    public static IEnumerable<string> Members(TemplateValue target) => target.Kind switch
    {
        ValueKind.Record => target.Fields.Select(f => f.Name),
        ValueKind.Entity => ["kind", "text"],
        ValueKind.Loop => ["index", "rindex", "length", "first", "last", "even", "odd"],
        _ => [],
    };

    private TemplateValue Labels(FieldModel field)
    {
        var surfaces = field.Labels.Select(l => l.Surfaces[language]).ToList();
        return new TemplateValue($"new string[] {{ {string.Join(", ", surfaces.Select(CodeWriter.Literal))} }}", ValueKind.List)
        {
            Constant = surfaces,
            Element = code => new TemplateValue(code, ValueKind.String),
        };
    }

    private TemplateValue Field(string code, FieldModel field, FieldType type) => type.Kind switch
    {
        FieldKind.Text or FieldKind.String => new TemplateValue(code, ValueKind.String) { IsOptional = type.IsOptional },
        FieldKind.Int => new TemplateValue(code, ValueKind.Integer) { IsOptional = type.IsOptional },
        FieldKind.Float => new TemplateValue(code, ValueKind.Double) { IsOptional = type.IsOptional },
        FieldKind.Bool => new TemplateValue(code, ValueKind.Boolean) { IsOptional = type.IsOptional },
        FieldKind.Label => Surface(code, field, type.IsOptional),
        FieldKind.Labels => new TemplateValue(code, ValueKind.List) { IsOptional = type.IsOptional, Element = item => Surface(item, field, false) },
        FieldKind.Entities => new TemplateValue(code, ValueKind.List) { IsOptional = type.IsOptional, Element = item => new TemplateValue(item, ValueKind.Entity) { Entity = field } },
        FieldKind.Record => new TemplateValue(code, ValueKind.Record) { IsOptional = type.IsOptional, Fields = [.. field.Fields] },
        _ => new TemplateValue(code, ValueKind.List) { IsOptional = type.IsOptional, Element = item => Field(item, field, type.Element!) },
    };

    private TemplateValue Surface(string code, FieldModel field, bool optional)
    {
        var arms = field.Labels.Select(l => $"{taskClass}.{field.TypeName}.{l.Member} => {CodeWriter.Literal(l.Surfaces[language])}");
        return new TemplateValue($"({code} switch {{ {string.Join(", ", arms)}, _ => {(optional ? "null" : "\"\"")} }})", ValueKind.String) { IsOptional = optional };
    }
}
