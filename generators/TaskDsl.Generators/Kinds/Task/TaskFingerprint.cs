using System.Security.Cryptography;
using System.Text;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>A hash of what shapes the text of a task's examples: fields, types, labels and how they are written, no summaries.</summary>
internal static class TaskFingerprint
{
    /// <summary>Sixteen hexadecimal digits.</summary>
    /// <param name="model">The task.</param>
    /// <param name="format">C# of its format, where that has properties.</param>
    public static string Of(TaskModel model, string? format)
    {
        var text = new StringBuilder();
        Add(text, model.Name, Names.Pascal(model.Format.Word)!);
        if (format is not null)
            Add(text, format);
        Add(text, [.. model.Languages]);
        Add(text, model.Input);
        Add(text, model.Output);
        using var sha = SHA256.Create();
        return string.Concat(
            sha.ComputeHash(Encoding.UTF8.GetBytes(text.ToString()))
                .Take(8)
                .Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))
        );
    }

    private static void Add(StringBuilder text, EquatableArray<FieldModel> fields)
    {
        foreach (var field in fields)
        {
            Add(text, field.Name, field.Type.Written, field.Of ?? "");
            if (field.AnyOf)
                Add(text, "any_of");
            if (field.AtLeast > 0)
                Add(text, $"at_least {field.AtLeast}");
            foreach (var label in field.Labels)
                Add(text, [label.Key, .. label.Surfaces]);
            Add(text, field.Fields);
        }

        text.Append('\u0002');
    }

    // Signs that no YAML text holds keep neighbours apart.
    private static void Add(StringBuilder text, params string[] parts) => text.Append(string.Join("\u0001", parts)).Append('\u0002');
}
